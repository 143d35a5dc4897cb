package io.tidemark.coordinator;

import io.tidemark.api.TaskName;
import io.tidemark.api.TidemarkException;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.checkpoint.Trigger;
import io.tidemark.coordinator.CheckpointRecord.Status;
import io.tidemark.coordinator.CoordinatorView.Health;
import io.tidemark.coordinator.CoordinatorView.Stop;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A job's coordinator: says which container runs which task, and conducts checkpoints.
 *
 * <p>Any thread may call it; one lock covers everything but calls of the publisher. It has no
 * thread of its own: whoever runs it calls {@link #doWork} again and again.
 *
 * <p>Invariants: no two containers may take possession of a task, unless the earlier one has said
 * that it runs nothing of it any more or its lease is over; a task's generations only grow; and a
 * coordinator that was replaced by another decides nothing.
 */
public final class Coordinator implements Coordination {
  private static final Logger LOG = LoggerFactory.getLogger(Coordinator.class);
  private static final Pattern SAVEPOINT = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*");
  private static final int SEQUENCE_BITS = 32;

  private final CoordinatorOptions options;
  private final LongSupplier clock;
  private final Executor blocking;
  private final ReentrantLock lock = new ReentrantLock();
  private final JobLedger ledger;
  private final Members members;
  private final Placement placement;
  private final CheckpointConductor conductor;
  private final long epochBegin;
  private volatile boolean closed;
  private volatile Consumer<CoordinatorView.ContainerView> lost = container -> {};
  private long sequence;
  private boolean assigning;
  private boolean endingFormerStop;
  private long firstContainerMs = -1;
  private @Nullable CompletableFuture<CheckpointRecord> checkpointBeforeStop;
  private long stopAnywayMs;

  /**
   * Takes over the job: any coordinator that it had before decides nothing from here on.
   *
   * @param clock milliseconds since 1970
   * @param blocking runs calls of the publisher and answers to requests
   * @throws io.tidemark.api.ConfigException (TM-8304) if the plan does not fit the job as it is
   * @throws MetadataException if the metadata cannot be reached (TM-8310) or is damaged (TM-8311)
   */
  public Coordinator(
      CoordinatorOptions options,
      MetadataStore store,
      CheckpointPublisher publisher,
      LongSupplier clock,
      Executor blocking) {
    this.options = options;
    this.clock = clock;
    this.blocking = blocking;
    long nowMs = clock.getAsLong();
    CheckpointPublisher.Published latest = publisher.latest();
    JobBeginning beginning = new JobBeginning(options.plan(), latest, nowMs);
    this.ledger = JobLedger.take(store, beginning::after, nowMs);
    this.epochBegin = ledger.record().epoch() << SEQUENCE_BITS;
    this.endingFormerStop = ledger.record().stopping();
    this.sequence = epochBegin;
    this.members = new Members(ledger, options.leaseMs(), epochBegin, nowMs);
    this.placement = new Placement(options, ledger, () -> sequence + 1);
    CheckpointHistory history = new CheckpointHistory(store);
    repair(history, latest, nowMs);
    this.conductor =
        new CheckpointConductor(
            options.checkpoints(), ledger, history, publisher, placement, clock, blocking, lock);
    LOG.info(
        "Coordinator of {}, epoch {}, timeline {}",
        options.plan().job(),
        ledger.record().epoch(),
        ledger.record().timeline().number());
  }

  private static void repair(
      CheckpointHistory history, CheckpointPublisher.@Nullable Published latest, long nowMs) {
    if (latest != null) {
      CheckpointRecord record = history.get(latest.manifest().number());
      if (record == null || record.status() != Status.COMPLETED) {
        history.put(CheckpointRecords.completed(latest.manifest(), latest.location(), nowMs));
      }
    }
  }

  /** Whether a job was begun already for a wish to begin it anew, by the wish's id. */
  public static boolean hasBegun(MetadataStore store, String start) {
    JobRecord known = JobLedger.read(store);
    return known != null && known.start().equals(start);
  }

  /** The timeline that a job is on; null if it never had a coordinator. */
  public static @Nullable Timeline timeline(MetadataStore store) {
    JobRecord record = JobLedger.read(store);
    return record == null ? null : record.timeline();
  }

  /**
   * {@inheritDoc}
   *
   * @throws io.tidemark.api.FencedException (TM-8303) if another coordinator has taken over; ask
   *     that one
   * @throws MetadataException (TM-8310) if the metadata cannot be reached and would have to be
   *     written
   */
  @Override
  public Orders exchange(ContainerStatus status) {
    lock.lock();
    try {
      ledger.refuseIfLost();
      refuseIfClosed();
      checkJob(status);
      long nowMs = clock.getAsLong();
      endLeases(nowMs);
      Member member = members.admit(status, nowMs);
      if (member == null) {
        return without(status, nowMs);
      }
      hear(member, status, nowMs);
      step(nowMs);
      endIfDone(member, nowMs);
      return orders(member, nowMs);
    } finally {
      lock.unlock();
    }
  }

  private void refuseIfClosed() {
    if (closed) {
      throw new TidemarkException(
          "TM-8301",
          "the coordinator of "
              + options.plan().job()
              + " is closed; the container tries again until its lease has ended");
    }
  }

  private void checkJob(ContainerStatus status) {
    if (!status.job().equals(options.plan().job())) {
      throw Members.refused(
          status,
          "it is of the job "
              + status.job()
              + ", and this is the coordinator of "
              + options.plan().job()
              + "; correct the coordinator's address");
    }
  }

  private void hear(Member member, ContainerStatus status, long nowMs) {
    if (!member.isHeard()) {
      conductor.come(member, member.isConfirmed());
      firstContainerMs = firstContainerMs < 0 ? nowMs : firstContainerMs;
    }
    Map<TaskName, ContainerStatus.TaskStatus> before = member.status().tasks();
    if (member.hear(status, nowMs)) {
      placement.hear(member, !assigning);
      conductor.hear(member, before);
    }
  }

  /**
   * Does what is due. Call it at least once in a heartbeat's time: without it leases become
   * shorter, as nobody makes sure that this is still the job's coordinator.
   *
   * @return for how many milliseconds there is nothing to do but answering containers
   * @throws io.tidemark.api.FencedException (TM-8303) if another coordinator has taken over; this
   *     one may be closed
   */
  public long doWork() {
    lock.lock();
    try {
      long nowMs = clock.getAsLong();
      if (nowMs - ledger.verifiedMs() >= options.heartbeatMs() / 2) {
        verify(nowMs);
      }
      endLeases(nowMs);
      step(nowMs);
      return Math.max(1, options.heartbeatMs() / 4);
    } finally {
      lock.unlock();
    }
  }

  private void verify(long nowMs) {
    try {
      ledger.verify(nowMs);
    } catch (MetadataException e) {
      LOG.warn("Cannot make sure that this is the job's coordinator: {}", e.getMessage());
    }
  }

  private void endLeases(long nowMs) {
    try {
      for (Member member : members.overdue(nowMs)) {
        lose(member, nowMs, "was not heard of for its lease");
      }
    } catch (MetadataException e) {
      LOG.warn("A container that is gone is given up later: {}", e.getMessage());
    }
  }

  /**
   * Tells of each container that is gone without having left in order, from here on.
   *
   * @param listener called by the executor for what blocks
   */
  public void onLoss(Consumer<CoordinatorView.ContainerView> listener) {
    lost = listener;
  }

  private void lose(Member member, long nowMs, String why) {
    CoordinatorView.ContainerView last = member.view(nowMs);
    end(member, nowMs, why);
    blocking.execute(() -> lost.accept(last));
  }

  private void end(Member member, long nowMs, String why) {
    members.end(member, nowMs);
    LOG.info("Container {} {}", member.number(), why);
    placement.gone(member);
    conductor.gone(member);
  }

  private void endIfDone(Member member, long nowMs) {
    boolean over =
        member.status().tasks().values().stream().allMatch(ContainerStatus.TaskStatus::isOver);
    boolean gaveUpAll = ledger.record().stopping() || !placement.involves(member);
    if (member.isLeaving() && over && gaveUpAll) {
      end(member, nowMs, "has left");
    }
  }

  /** Decides what can be decided now. */
  private void step(long nowMs) {
    try {
      endFormerStopIfDone(nowMs);
      conductor.step(nowMs);
      if (isAssigning(nowMs)) {
        placement.settle(members.all(), conductor::mayRelease, nowMs);
      }
      stopIfWanted(nowMs);
    } catch (MetadataException e) {
      LOG.warn("Nothing is decided now: {}", e.getMessage());
    }
  }

  /**
   * An order to stop that a former coordinator was given is for the containers that it had. Who
   * comes later was started after it, and runs the job when those are gone.
   */
  private void endFormerStopIfDone(long nowMs) {
    if (endingFormerStop && members.all().stream().allMatch(Member::isNew)) {
      ledger.write(ledger.record().withStopping(false), nowMs);
      endingFormerStop = false;
    }
  }

  private boolean isAssigning(long nowMs) {
    if (!assigning && firstContainerMs >= 0 && members.areConfirmed()) {
      assigning =
          members.all().size() >= options.expectedContainers()
              || nowMs - firstContainerMs >= options.containerWaitMs();
    }
    return assigning && !ledger.record().stopping();
  }

  private void stopIfWanted(long nowMs) {
    if (ledger.record().stopping()) {
      return;
    }
    if (checkpointBeforeStop != null) {
      if (checkpointBeforeStop.isDone() || nowMs >= stopAnywayMs) {
        ledger.write(ledger.record().withStopping(true), nowMs);
      }
    } else if (assigning && placement.areAllFinished()) {
      LOG.info("All tasks have come to their end");
      stop(nowMs);
    }
  }

  private void stop(long nowMs) {
    endingFormerStop = false;
    boolean wanted = options.checkpoints().onShutdown() && placement.areAllRunning();
    if (wanted && checkpointBeforeStop == null) {
      stopAnywayMs = nowMs + options.checkpoints().timeoutMs();
      checkpointBeforeStop = conductor.request(Trigger.SHUTDOWN, "", true);
    } else if (checkpointBeforeStop == null && !ledger.record().stopping()) {
      ledger.write(ledger.record().withStopping(true), nowMs);
    }
  }

  private Orders orders(Member member, long nowMs) {
    Map<TaskName, Orders.Assignment> tasks = placement.assignments(member);
    Map<TaskName, Long> keep = new HashMap<>();
    conductor
        .kept()
        .forEach(
            (task, cut) -> {
              // Who is to take over may not have read so far yet.
              if (tasks.containsKey(task) && placement.seat(task).successor() == null) {
                keep.put(task, cut.position());
              }
            });
    boolean stop = ledger.record().stopping() && !(endingFormerStop && member.isNew());
    return orders(++sequence, member.number(), tasks, keep, stop, nowMs);
  }

  /** For a container that has no number: to wait for one, or to go. */
  private Orders without(ContainerStatus status, long nowMs) {
    boolean isGone = status.leaving();
    return orders(isGone ? ++sequence : 0, -1, Map.of(), Map.of(), isGone, nowMs);
  }

  private Orders orders(
      long number,
      int container,
      Map<TaskName, Orders.Assignment> tasks,
      Map<TaskName, Long> keep,
      boolean stop,
      long nowMs) {
    JobRecord job = ledger.record();
    long unverifiedMs = nowMs - ledger.verifiedMs();
    return new Orders(
        job.epoch(),
        number,
        container,
        Math.max(0, options.leaseMs() - unverifiedMs),
        job.timeline(),
        tasks,
        conductor.cut(),
        conductor.stopAtCut(),
        job.completed(),
        conductor.failed(),
        job.restoreFrom().isEmpty() ? null : job.restoreFrom(),
        keep,
        placement.containers(),
        stop);
  }

  /**
   * Asks for a checkpoint; one that is begun from here on.
   *
   * @param savepoint its name if it is to be kept until it is deleted; empty if not
   * @return its record when it is complete; or the exception (TM-8305) if it failed
   * @throws TidemarkException (TM-8306) if the name is taken
   */
  public CompletableFuture<CheckpointRecord> requestCheckpoint(Trigger trigger, String savepoint) {
    return request(trigger, savepoint, false);
  }

  /**
   * Takes a savepoint and stops the job at its cut: nothing behind it is processed. If it fails the
   * job goes on.
   */
  public CompletableFuture<CheckpointRecord> stopWithSavepoint(String name) {
    return request(Trigger.REQUEST, name, true);
  }

  private CompletableFuture<CheckpointRecord> request(
      Trigger trigger, String savepoint, boolean stop) {
    if (!savepoint.isEmpty() && !SAVEPOINT.matcher(savepoint).matches()) {
      throw new TidemarkException(
          "TM-8309",
          "a savepoint cannot be named "
              + savepoint
              + "; use letters, digits, '.', '_' and '-', and no '.' in front");
    }
    return locked(() -> conductor.request(trigger, savepoint, stop));
  }

  /** Stops the job; after a checkpoint if the policy says so and all tasks run. */
  public void stop() {
    locked(
        () -> {
          stop(clock.getAsLong());
          return true;
        });
  }

  /**
   * Says that the process of a container has ended for sure, so that its lease need not be waited
   * for.
   */
  public void containerEnded(int number) {
    locked(
        () -> {
          Member member = members.numbered(number);
          if (member != null) {
            lose(member, clock.getAsLong(), "has ended");
          }
          return true;
        });
  }

  /**
   * Deletes a checkpoint or savepoint.
   *
   * @throws TidemarkException (TM-8307) if there is none; (TM-8308) if the job is restored from it
   */
  public CompletableFuture<CheckpointRecord> deleteCheckpoint(long number) {
    return locked(() -> conductor.delete(number));
  }

  /** All checkpoints that are remembered, the oldest first. */
  public List<CheckpointRecord> checkpoints() {
    return locked(conductor::all);
  }

  /**
   * The number of the newest completed checkpoint of the timeline, or of the one that it was begun
   * from; 0 if there is none.
   */
  public long completed() {
    return locked(() -> ledger.record().completed());
  }

  /** Whether the job was told to stop and no container is left. */
  public boolean isStopped() {
    return locked(() -> ledger.record().stopping() && !endingFormerStop && members.all().isEmpty());
  }

  /** How the job is now. */
  public CoordinatorView view() {
    return locked(
        () -> {
          long nowMs = clock.getAsLong();
          JobRecord job = ledger.record();
          CheckpointUnderWay underWay = conductor.underWay();
          return new CoordinatorView(
              job.job(),
              job.epoch(),
              job.timeline(),
              stopView(job),
              health(),
              members.all().stream().map(member -> member.view(nowMs)).toList(),
              placement.seats().stream().map(Seat::view).toList(),
              underWay == null ? null : underWay.progress(),
              conductor.prediction());
        });
  }

  private Stop stopView(JobRecord job) {
    if (job.stopping()) {
      return Stop.ORDERED;
    }
    return checkpointBeforeStop != null || conductor.stopAtCut()
        ? Stop.CHECKPOINT_FIRST
        : Stop.NOT_WANTED;
  }

  private Health health() {
    List<String> reasons = new ArrayList<>();
    String checkpoints = conductor.unhealthy();
    if (checkpoints != null) {
      reasons.add(checkpoints);
    }
    for (Seat seat : placement.seats()) {
      ContainerStatus.Failure failure = seat.failure();
      if (seat.isHopeless() && failure != null) {
        reasons.add("task " + seat.task + " has failed for good: " + failure.message());
      }
    }
    if (ledger.isLost()) {
      reasons.add("another coordinator has taken over");
    }
    return new Health(reasons.isEmpty(), reasons);
  }

  private <T> T locked(java.util.function.Supplier<T> action) {
    lock.lock();
    try {
      return action.get();
    } finally {
      lock.unlock();
    }
  }

  /** Answers no container any more. What it knows is in the metadata store, which others close. */
  @Override
  public void close() {
    closed = true;
  }
}
