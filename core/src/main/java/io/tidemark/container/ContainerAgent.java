package io.tidemark.container;

import io.tidemark.api.ConfigException;
import io.tidemark.api.TaskName;
import io.tidemark.api.TidemarkException;
import io.tidemark.coordinator.ContainerStatus;
import io.tidemark.coordinator.ContainerStatus.Failure;
import io.tidemark.coordinator.ContainerStatus.TaskStatus;
import io.tidemark.coordinator.Coordination;
import io.tidemark.coordinator.Orders;
import io.tidemark.coordinator.Orders.Assignment;
import io.tidemark.runtime.Requests;
import io.tidemark.runtime.TaskReport;
import io.tidemark.runtime.TaskReport.Phase;
import io.tidemark.runtime.Worker;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A container's side of the talk with its coordinator: tells how the container is, and sees to it
 * that it becomes what the orders say.
 *
 * <p>Invariant: the container goes on no longer than its lease after it last asked for orders that
 * it got. Used by one thread at a time, but for {@link #leave} and {@link #orders}.
 */
final class ContainerAgent {
  private static final Logger LOG = LoggerFactory.getLogger(ContainerAgent.class);

  /** The code of a coordinator that cannot be reached now. */
  private static final String UNREACHABLE = "TM-8301";

  /** How soon orders are asked for again while something is changing. */
  private static final long CHANGING_MS = 20;

  private final Coordination coordination;
  private final Identity identity;
  private final long heartbeatMs;
  private final LongSupplier ticker;
  private long sequence;
  private long askedMs = Long.MIN_VALUE;
  private long leaseEndMs = Long.MAX_VALUE;
  private long ended;
  private volatile @Nullable Orders orders;
  private volatile boolean leaving;
  private final Silence silence;
  private boolean unreachable;
  private @Nullable Tasks tasks;

  /**
   * Who the container is.
   *
   * @param job the job's name and id
   * @param session unlike that of any other container
   * @param number what it would like to have; -1 if any
   * @param host its machine
   * @param workers how many threads it has for tasks
   * @param localState the tasks whose state is on its disk
   */
  record Identity(
      String job, String session, int number, String host, int workers, Set<TaskName> localState) {}

  /** What the agent has to do with the container's tasks. */
  private record Tasks(
      TaskWorkers workers,
      List<Worker> all,
      Snapshots snapshots,
      Requests requests,
      BooleanSupplier mayOpen) {}

  ContainerAgent(
      Coordination coordination, Identity identity, long heartbeatMs, LongSupplier ticker) {
    this.coordination = coordination;
    this.identity = identity;
    this.heartbeatMs = Math.min(heartbeatMs, 100);
    this.ticker = ticker;
    this.silence = new Silence(identity.job, line -> LOG.warn("{}", line));
  }

  /** The last orders; null before the first. Any thread may call it. */
  @Nullable Orders orders() {
    return orders;
  }

  /**
   * Asks to be part of the job.
   *
   * @return whether it has a number now; if not, ask again after a while
   */
  boolean join() {
    exchange(Map.of());
    Orders first = orders;
    return first != null && first.container() >= 0;
  }

  /**
   * Gives it the tasks' workers; from here on it follows orders, those that it has at once.
   *
   * @param mayOpen whether tasks may be opened already, or are only to be restored meanwhile
   */
  void attach(
      TaskWorkers workers,
      List<Worker> all,
      Snapshots snapshots,
      Requests requests,
      BooleanSupplier mayOpen) {
    this.tasks = new Tasks(workers, all, snapshots, requests, mayOpen);
    Orders known = orders;
    if (known != null) {
      follow(known, Map.of());
    }
  }

  /** From here on the container gives up its tasks and goes. Any thread may call it. */
  void leave() {
    leaving = true;
  }

  /** Whether it was told to end, or wants to. */
  boolean isEnding() {
    Orders last = orders;
    return leaving || (last != null && last.stop());
  }

  /** Whether it was told to end, or wanted to, and has no task any more. */
  boolean isDone() {
    Orders last = orders;
    Map<TaskName, TaskReport> reports = attached().workers.reports();
    if (isGoingAlone()) {
      return last != null
          && reports.values().stream().allMatch(task -> task.phase() == Phase.RELEASED);
    }
    return last != null
        && (last.stop() || (leaving && last.tasks().isEmpty()))
        && reports.isEmpty();
  }

  /** Whether it goes and nobody is there to hear of it. */
  private boolean isGoingAlone() {
    return leaving && unreachable;
  }

  /** Whether all tasks that it was given run, or have run to their end. */
  boolean areAllRunning() {
    Orders last = orders;
    Map<TaskName, TaskReport> reports = attached().workers.reports();
    return last != null
        && last.isDecided()
        && reports.keySet().equals(last.tasks().keySet())
        && reports.values().stream()
            .allMatch(task -> task.phase() == Phase.RUNNING || task.phase() == Phase.FINISHED)
        && attached().all.stream().allMatch(Worker::haveAllBegun);
  }

  /** The number of the container that has a task, as far as is known; -1 if none has. */
  int containerOf(TaskName task) {
    Orders last = orders;
    return last == null ? -1 : last.placement().getOrDefault(task, -1);
  }

  /**
   * One step: tells and asks if it is time, and does what is wanted.
   *
   * @return when to call again, in milliseconds
   * @throws TidemarkException if a task failed, or the lease has ended
   */
  long doWork() {
    Map<TaskName, TaskReport> reports = attached().workers.reports();
    long pause = isChanging(reports) ? Math.min(CHANGING_MS, heartbeatMs) : heartbeatMs;
    if (ticker.getAsLong() - askedMs >= pause) {
      if (exchange(reports)) {
        follow(Objects.requireNonNull(orders), reports);
      } else if (isGoingAlone()) {
        releaseAll(reports);
      }
    }
    throwFailure(reports);
    return pause;
  }

  private boolean isChanging(Map<TaskName, TaskReport> reports) {
    Orders last = orders;
    return last == null
        || leaving
        || last.stop()
        || last.cut() > Math.max(last.completed(), last.failed())
        || !reports.keySet().equals(last.tasks().keySet())
        || reports.values().stream().anyMatch(report -> report.phase() != Phase.RUNNING);
  }

  private static void throwFailure(Map<TaskName, TaskReport> reports) {
    for (TaskReport report : reports.values()) {
      if (report.failure() instanceof RuntimeException failure) {
        throw failure;
      }
    }
  }

  /** Tells and asks; returns whether there are new orders. */
  private boolean exchange(Map<TaskName, TaskReport> reports) {
    long asked = ticker.getAsLong();
    askedMs = asked;
    Orders got;
    try {
      got = coordination.exchange(status(reports));
      unreachable = false;
      silence.ends();
    } catch (TidemarkException e) {
      if (!e.code().equals(UNREACHABLE)) {
        throw e;
      }
      unreachable = true;
      silence.lasts(asked, String.valueOf(e.getMessage()));
      checkLease(e);
      return false;
    }
    return take(got, asked);
  }

  private boolean take(Orders got, long asked) {
    Orders last = orders;
    boolean late =
        last != null
            && (got.epoch() < last.epoch()
                || (got.epoch() == last.epoch() && got.sequence() <= last.sequence()));
    if (late) {
      return false;
    }
    if (last != null && last.timeline().number() != got.timeline().number()) {
      throw new TidemarkException(
          "TM-8302",
          "container "
              + identity.session
              + " runs timeline "
              + last.timeline().number()
              + " of the job, which was begun anew since and is on timeline "
              + got.timeline().number()
              + "; the container ends, and is of use after another start");
    }
    leaseEndMs = asked + got.leaseMs();
    orders = got;
    return true;
  }

  private void checkLease(@Nullable TidemarkException cause) {
    if (ticker.getAsLong() > leaseEndMs) {
      throw new TidemarkException(
          "TM-8350",
          "container "
              + identity.session
              + " has not heard from its coordinator for as long as its lease lasts, and ends; what"
              + " it had not committed is processed again by whoever gets its tasks. Is the"
              + " coordinator running, and can this machine reach it?",
          cause);
    }
  }

  private ContainerStatus status(Map<TaskName, TaskReport> reports) {
    Orders last = orders;
    Tasks attached = tasks;
    long cut = last == null ? 0 : last.cut();
    Map<TaskName, TaskStatus> states = new HashMap<>();
    reports.forEach((task, report) -> states.put(task, status(report)));
    return new ContainerStatus(
        identity.job,
        identity.session,
        ++sequence,
        last == null ? 0 : last.sequence(),
        last == null || last.container() < 0 ? identity.number : last.container(),
        identity.host,
        "",
        identity.workers,
        states,
        identity.localState,
        attached == null ? List.of() : attached.snapshots.complete(cut),
        attached == null ? null : attached.snapshots.failure(cut),
        attached == null ? 0 : attached.requests.checkpoints(),
        leaving);
  }

  private static TaskStatus status(TaskReport report) {
    Throwable failure = report.failure();
    return new TaskStatus(
        report.generation(),
        ContainerStatus.Phase.valueOf(report.phase().name()),
        report.commit(),
        report.bytes(),
        report.records(),
        report.behind(),
        report.fetching(),
        report.replay(),
        failure == null ? null : failure(failure));
  }

  private static Failure failure(Throwable cause) {
    return new Failure(
        cause instanceof TidemarkException known ? known.code() : "TM-4008",
        String.valueOf(cause.getMessage()),
        cause instanceof ConfigException); // who is fenced here has not followed newer orders yet
  }

  private void follow(Orders wanted, Map<TaskName, TaskReport> reports) {
    Tasks attached = attached();
    Map<TaskName, Assignment> assigned = new TreeMap<>(wanted.stop() ? Map.of() : wanted.tasks());
    assigned.forEach((task, assignment) -> have(task, assignment, reports.get(task)));
    reports.forEach(
        (task, report) -> {
          if (!assigned.containsKey(task)) {
            giveUp(task, report);
          }
        });
    if (wanted.cut() > 0) {
      attached.all.forEach(worker -> worker.cut(wanted.cut(), wanted.stopAtCut()));
    }
    tellEnded(wanted, attached);
    new TreeMap<>(wanted.keep())
        .forEach(
            (task, position) -> {
              if (reports.containsKey(task)) {
                attached.workers.trim(task, position);
              }
            });
  }

  private void have(TaskName task, Assignment wanted, @Nullable TaskReport report) {
    TaskWorkers workers = attached().workers;
    boolean mayOpen = attached().mayOpen.getAsBoolean();
    if (report == null) {
      workers.restore(task, wanted.generation());
      if (wanted.open() && mayOpen) {
        workers.start(task, wanted.generation());
      }
      return;
    }
    boolean another = report.generation() != wanted.generation();
    switch (report.phase()) {
      case RESTORING, READY -> {
        if (another) {
          workers.restore(task, wanted.generation());
        }
        if (wanted.open() && mayOpen) {
          workers.start(task, wanted.generation());
        }
      }
      case RUNNING, FINISHED -> {
        if (another) {
          LOG.info("Task {} is given anew, as generation {}", task, wanted.generation());
          workers.release(task);
        }
      }
      case RELEASED, FAILED -> {
        if (report.generation() < wanted.generation()) {
          have(task, wanted, null);
        }
      }
    }
  }

  private void giveUp(TaskName task, TaskReport report) {
    switch (report.phase()) {
      case RELEASED -> { // the coordinator has heard of it
        attached().workers.forget(task);
        attached().snapshots.forget(task);
      }
      case FAILED -> {} // the container fails with it
      default -> attached().workers.release(task);
    }
  }

  /** What is released is not forgotten, as the coordinator is told when it can be reached again. */
  private void releaseAll(Map<TaskName, TaskReport> reports) {
    reports.forEach(
        (task, report) -> {
          if (report.phase() != Phase.RELEASED) {
            giveUp(task, report);
          }
        });
  }

  private void tellEnded(Orders wanted, Tasks attached) {
    long last = Math.max(wanted.completed(), wanted.failed());
    if (last > ended) {
      boolean completed = last == wanted.completed();
      ended = last;
      attached.snapshots.ended(last, completed);
      attached.all.forEach(worker -> worker.checkpointEnded(last, completed));
    }
  }

  /**
   * Tells that nothing of the container runs any more, now that its tasks are closed.
   *
   * @param why why it ends; null if it has given up its tasks in order
   */
  void end(@Nullable Throwable why) {
    Orders last = orders;
    if (last == null || last.container() < 0) {
      return;
    }
    leaving = true;
    tasks = null;
    Map<TaskName, TaskReport> failed = new HashMap<>();
    Throwable cause = why != null ? why : new TidemarkException("TM-8351", "it has ended");
    last.tasks()
        .forEach(
            (task, assigned) ->
                failed.put(
                    task,
                    new TaskReport(
                        assigned.generation(), Phase.FAILED, 0, 0, 0, 0, null, null, cause)));
    try {
      exchange(failed);
      exchange(Map.of());
    } catch (TidemarkException e) {
      LOG.debug("the coordinator does not hear that the container ends", e);
    }
  }

  private Tasks attached() {
    return Objects.requireNonNull(tasks, "not attached");
  }
}
