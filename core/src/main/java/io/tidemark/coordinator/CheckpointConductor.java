package io.tidemark.coordinator;

import io.tidemark.api.FencedException;
import io.tidemark.api.TaskName;
import io.tidemark.api.TidemarkException;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.ReplayTime;
import io.tidemark.checkpoint.Trigger;
import io.tidemark.coordinator.CheckpointRecord.Status;
import io.tidemark.coordinator.CoordinatorView.RecoveryPrediction;
import io.tidemark.system.Failpoint;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.Lock;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes checkpoints: decides when, announces them, collects the tasks' parts, publishes, and
 * deletes those that are not kept. One at a time.
 *
 * <p>Everything is called under the coordinator's lock, except the publisher, which an executor
 * calls without it.
 */
final class CheckpointConductor {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointConductor.class);

  private final CheckpointPolicy policy;
  private final JobLedger ledger;
  private final CheckpointHistory history;
  private final CheckpointPublisher publisher;
  private final Placement placement;
  private final LongSupplier clock;
  private final Executor blocking;
  private final Lock lock;
  private final RecoveryEstimate estimate = new RecoveryEstimate();

  private final Deque<CheckpointRequest> requests = new ArrayDeque<>();
  private final Map<String, Long> askedByTasks = new HashMap<>();
  private boolean taskAsks;
  private @Nullable CheckpointUnderWay underWay;
  private CheckpointPublisher.@Nullable Published unrecorded;

  /**
   * Failed as the manifest could not be written; but it may be there, as an answer may be lost. It
   * is deleted only after a newer one is complete, as the next coordinator may take it to be
   * complete.
   */
  private final List<CheckpointRecord> inDoubt = new ArrayList<>();

  private boolean retiring;
  private long failed;
  private int failuresInARow;
  private String lastFailure = "";
  private long lastStartedMs;
  private long lastEndedMs = Long.MIN_VALUE / 2;

  CheckpointConductor(
      CheckpointPolicy policy,
      JobLedger ledger,
      CheckpointHistory history,
      CheckpointPublisher publisher,
      Placement placement,
      LongSupplier clock,
      Executor blocking,
      Lock lock) {
    this.policy = policy;
    this.ledger = ledger;
    this.history = history;
    this.publisher = publisher;
    this.placement = placement;
    this.clock = clock;
    this.blocking = blocking;
    this.lock = lock;
    this.lastStartedMs = clock.getAsLong();
    goOnFromHistory();
  }

  /** What the former coordinator had begun has failed, unless it is complete. */
  private void goOnFromHistory() {
    JobRecord job = ledger.record();
    failed = job.checkpoints() > job.completed() ? job.checkpoints() : 0;
    for (CheckpointRecord record : history.all()) {
      if (record.status() == Status.IN_PROGRESS) {
        history.put(
            CheckpointRecords.failed(
                record, "the coordinator ended before it was complete", clock.getAsLong()));
      } else if (record.status() == Status.COMPLETED && record.number() == job.completed()) {
        lastStartedMs = Math.min(lastStartedMs, record.startedMs());
        record.tasks().forEach((task, cut) -> estimate.completed(task, cut.bytes()));
      }
    }
  }

  // What containers say

  void hear(Member member, Map<TaskName, ContainerStatus.TaskStatus> before) {
    ContainerStatus status = member.status();
    Long asked = askedByTasks.put(member.session(), status.requests());
    taskAsks |= asked != null && status.requests() > asked;
    CheckpointUnderWay checkpoint = underWay;
    if (checkpoint != null && !checkpoint.isPublishing()) {
      status.snapshots().stream()
          .filter(part -> isOwner(member, part.manifest().task()))
          .forEach(checkpoint::acknowledge);
      ContainerStatus.SnapshotFailure why = status.snapshotFailure();
      if (why != null && why.checkpoint() == checkpoint.number()) {
        fail(checkpoint, member + ": " + why.why());
      }
    }
    status.tasks().forEach((task, now) -> measure(before.get(task), now));
  }

  /** A container that did not ask before it came may ask from here on. */
  void come(Member member, boolean isNew) {
    if (isNew) {
      askedByTasks.put(member.session(), 0L);
    }
  }

  void gone(Member member) {
    askedByTasks.remove(member.session());
  }

  private boolean isOwner(Member member, TaskName task) {
    return placement.has(task) && placement.seat(task).owner() == member;
  }

  private void measure(
      ContainerStatus.@Nullable TaskStatus before, ContainerStatus.TaskStatus now) {
    ReplayTime replay = now.replay();
    if (replay != null && (before == null || before.replay() == null)) {
      estimate.replayed(replay);
    }
  }

  // What people and programs want

  CompletableFuture<CheckpointRecord> request(Trigger trigger, String savepoint, boolean stop) {
    boolean isTaken =
        !savepoint.isEmpty()
            && (history.hasSavepoint(savepoint)
                || requests.stream().anyMatch(other -> other.savepoint().equals(savepoint)));
    if (isTaken) {
      throw new TidemarkException(
          "TM-8306",
          "there is a savepoint "
              + savepoint
              + " of the job "
              + ledger.record().job()
              + " already; give the new one another name, or delete that one");
    }
    CheckpointRequest request =
        new CheckpointRequest(trigger, savepoint, stop, new CompletableFuture<>());
    requests.add(request);
    return request.done();
  }

  /** Whether a running task may be given up now without doing harm to the checkpoint under way. */
  boolean mayRelease(TaskName task) {
    return underWay == null || underWay.isPublishing() || underWay.has(task);
  }

  // Steps

  void step(long nowMs) {
    history.write();
    if (ledger.record().stopping()) {
      refuseRequests();
    }
    if (unrecorded != null) {
      record(unrecorded);
    }
    CheckpointUnderWay checkpoint = underWay;
    if (checkpoint != null) {
      watch(checkpoint, nowMs);
    } else if (nowMs - lastEndedMs >= policy.minPauseMs() && placement.areAllRunning()) {
      Trigger due = due(nowMs);
      if (due != null && !ledger.record().stopping()) {
        announce(due, nowMs);
      }
    }
  }

  private void refuseRequests() {
    List<CheckpointRequest> refused = List.copyOf(requests);
    requests.clear();
    TidemarkException exception =
        new TidemarkException(
            "TM-8305", "no checkpoint is taken any more: the job was told to stop");
    if (!refused.isEmpty()) {
      blocking.execute(
          () -> refused.forEach(request -> request.done().completeExceptionally(exception)));
    }
  }

  private @Nullable Trigger due(long nowMs) {
    CheckpointRequest request = requests.peek();
    if (request != null) {
      return request.trigger();
    }
    if (taskAsks) {
      return Trigger.TASK;
    }
    if (policy.intervalMs() >= 0 && nowMs - lastStartedMs >= policy.intervalMs()) {
      return Trigger.INTERVAL;
    }
    Collection<Seat> seats = placement.seats();
    if (policy.bytes() >= 0 && bytes(seats) >= policy.bytes()) {
      return Trigger.BYTES;
    }
    if (policy.records() >= 0 && records(seats) >= policy.records()) {
      return Trigger.RECORDS;
    }
    return policy.recoveryTargetMs() >= 0
            && estimate.beyond(policy.recoveryTargetMs(), seats) != null
        ? Trigger.RECOVERY_TARGET
        : null;
  }

  private static long bytes(Collection<Seat> seats) {
    return seats.stream().mapToLong(seat -> seat.work().bytes()).sum();
  }

  private static long records(Collection<Seat> seats) {
    return seats.stream().mapToLong(seat -> seat.work().records()).sum();
  }

  private void announce(Trigger trigger, long nowMs) {
    Failpoint.pass("checkpoint.before-announce");
    JobRecord job = ledger.record();
    long number = job.checkpoints() + 1;
    ledger.write(job.withCheckpoints(number), nowMs);
    CheckpointRequest first = requests.peek();
    List<CheckpointRequest> served = new ArrayList<>();
    if (first != null) {
      served.add(requests.remove());
    }
    requests.stream().filter(CheckpointRequest::isPlain).forEach(served::add);
    requests.removeIf(CheckpointRequest::isPlain);
    taskAsks = false;
    CheckpointRecord record =
        CheckpointRecords.announced(
            number,
            trigger,
            first == null ? "" : first.savepoint(),
            job.timeline().number(),
            nowMs);
    history.put(record);
    underWay =
        new CheckpointUnderWay(record, first != null && first.stop(), served, placement.seats());
    placement.seats().forEach(seat -> seat.work().cut());
    Failpoint.pass("checkpoint.after-announce");
    LOG.info("Checkpoint {} is announced ({})", number, trigger);
  }

  private void watch(CheckpointUnderWay checkpoint, long nowMs) {
    if (checkpoint.isPublishing()) {
      return;
    }
    for (Seat seat : placement.seats()) {
      if (checkpoint.hasLost(seat)) {
        fail(checkpoint, "task " + seat.task + " has left its container before it was complete");
        return;
      }
    }
    if (checkpoint.isAcknowledged()) {
      publish(checkpoint, nowMs);
    } else if (nowMs - checkpoint.record().startedMs() > policy.timeoutMs()) {
      fail(
          checkpoint,
          "it was not complete within "
              + policy.timeoutMs()
              + " ms (task.checkpoint.timeout.ms); it waited for "
              + checkpoint.progress().waitingFor());
    }
  }

  private void publish(CheckpointUnderWay checkpoint, long nowMs) {
    checkpoint.publish();
    JobRecord job = ledger.record();
    CheckpointManifest manifest = checkpoint.manifest(job.job(), job.timeline(), nowMs);
    blocking.execute(() -> publish(checkpoint, manifest));
  }

  private void publish(CheckpointUnderWay checkpoint, CheckpointManifest manifest) {
    String location;
    try {
      underLock(() -> ledger.verify(clock.getAsLong()));
      Failpoint.pass("checkpoint.before-publish");
      location = publisher.publish(manifest);
      Failpoint.pass("checkpoint.after-publish");
    } catch (FencedException e) {
      LOG.warn("Checkpoint {} is left alone: {}", manifest.number(), e.getMessage());
      return;
    } catch (RuntimeException e) {
      underLock(() -> fail(checkpoint, "its manifest could not be written: " + e));
      return;
    }
    underLock(() -> record(new CheckpointPublisher.Published(manifest, location)));
  }

  private void underLock(Runnable action) {
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  /** The checkpoint is complete; this says so. Tried again if the metadata cannot be reached. */
  private void record(CheckpointPublisher.Published published) {
    unrecorded = published;
    long nowMs = clock.getAsLong();
    CheckpointUnderWay checkpoint = underWay;
    if (checkpoint == null) {
      return;
    }
    Failpoint.pass("checkpoint.before-record");
    try {
      ledger.write(
          ledger
              .record()
              .withCompleted(checkpoint.number(), published.location(), checkpoint.stop()),
          nowMs);
    } catch (MetadataException e) {
      LOG.warn("Checkpoint {} is recorded later: {}", checkpoint.number(), e.getMessage());
      return;
    }
    unrecorded = null;
    underWay = null;
    CheckpointRecord record =
        CheckpointRecords.completed(published.manifest(), published.location(), nowMs);
    history.put(record);
    Failpoint.pass("checkpoint.after-record");
    failuresInARow = 0;
    lastStartedMs = record.startedMs();
    lastEndedMs = nowMs;
    placement.seats().forEach(seat -> seat.work().covered());
    published.manifest().tasks().forEach(estimate::completed);
    LOG.info(
        "Checkpoint {} is complete: {} bytes, {} of them new, in {} ms",
        record.number(),
        record.bytesTotal(),
        record.bytesUploaded(),
        record.endedMs() - record.startedMs());
    answer(checkpoint.requests(), record);
    retireSurplus();
  }

  private void answer(List<CheckpointRequest> served, CheckpointRecord record) {
    blocking.execute(() -> served.forEach(request -> request.done().complete(record)));
  }

  private void fail(CheckpointUnderWay checkpoint, String why) {
    if (underWay != checkpoint) {
      return;
    }
    if (checkpoint.isPublishing()) {
      inDoubt.add(checkpoint.record());
    }
    long nowMs = clock.getAsLong();
    underWay = null;
    failed = checkpoint.number();
    failuresInARow++;
    lastEndedMs = nowMs;
    lastFailure = "checkpoint " + checkpoint.number() + " failed: " + why;
    placement.seats().forEach(seat -> seat.work().cutNothing());
    history.put(CheckpointRecords.failed(checkpoint.record(), why, nowMs));
    LOG.warn("Checkpoint {} failed: {}", checkpoint.number(), why);
    TidemarkException exception =
        new TidemarkException("TM-8305", "checkpoint " + checkpoint.number() + " failed: " + why);
    blocking.execute(
        () ->
            checkpoint
                .requests()
                .forEach(request -> request.done().completeExceptionally(exception)));
  }

  // Retention

  private void retireSurplus() {
    List<CheckpointRecord> plain =
        history.completed().stream().filter(record -> !record.isSavepoint()).toList();
    int surplus = plain.size() - Math.max(1, policy.retain());
    List<CheckpointRecord> notKept = new ArrayList<>(inDoubt);
    notKept.addAll(plain.subList(0, Math.max(0, surplus)));
    if (!notKept.isEmpty() && !retiring) {
      retiring = true;
      retire(notKept, new CompletableFuture<>());
    }
  }

  /** Deletes a checkpoint or savepoint that is not needed any more. */
  CompletableFuture<CheckpointRecord> delete(long number) {
    CheckpointRecord record = history.get(number);
    if (record == null || record.status() != Status.COMPLETED) {
      throw new TidemarkException(
          "TM-8307", "there is no checkpoint " + number + " of the job " + ledger.record().job());
    }
    if (number == ledger.record().completed()) {
      throw new TidemarkException(
          "TM-8308",
          "checkpoint "
              + number
              + " is the newest that the job can be restored from; take another one before you"
              + " delete it");
    }
    CompletableFuture<CheckpointRecord> done = new CompletableFuture<>();
    retire(List.of(record), done);
    return done;
  }

  private void retire(List<CheckpointRecord> surplus, CompletableFuture<CheckpointRecord> done) {
    blocking.execute(
        () -> {
          try {
            for (CheckpointRecord record : surplus) {
              underLock(() -> ledger.verify(clock.getAsLong()));
              Failpoint.pass("checkpoint.before-retire");
              publisher.retire(record.number(), record.savepoint());
              underLock(() -> retired(record));
              Failpoint.pass("checkpoint.after-retire");
              done.complete(CheckpointRecords.deleted(record));
            }
          } catch (RuntimeException e) {
            LOG.warn("Old checkpoints are deleted later: {}", e.toString());
            done.completeExceptionally(e);
          } finally {
            underLock(() -> retiring = false);
          }
        });
  }

  private void retired(CheckpointRecord record) {
    if (!inDoubt.remove(record)) {
      history.put(CheckpointRecords.deleted(record));
    }
  }

  // What is known

  @Nullable CheckpointUnderWay underWay() {
    return underWay;
  }

  long failed() {
    return failed;
  }

  /** Whether tasks are to cut: not any more when all have. */
  long cut() {
    return underWay == null ? 0 : underWay.number();
  }

  boolean stopAtCut() {
    return underWay != null && underWay.stop();
  }

  Map<TaskName, CheckpointRecord.Cut> kept() {
    CheckpointRecord oldest = history.oldestKept(ledger.record().timeline());
    return oldest == null ? Map.of() : oldest.tasks();
  }

  @Nullable String unhealthy() {
    return failuresInARow > policy.toleratedFailures()
        ? failuresInARow + " checkpoints failed in a row; the last one, " + lastFailure
        : null;
  }

  RecoveryPrediction prediction() {
    return estimate.slowest(placement.seats());
  }

  List<CheckpointRecord> all() {
    return history.all();
  }
}
