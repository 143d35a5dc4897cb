package io.tidemark.runtime;

import io.tidemark.api.Context;
import io.tidemark.api.FencedException;
import io.tidemark.api.ReadOnlyKeyValueStore;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskContext;
import io.tidemark.api.TaskName;
import io.tidemark.api.TidemarkException;
import io.tidemark.journal.BlockEncoder;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalFactory;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalWriter;
import io.tidemark.runtime.TaskOpener.Opened;
import io.tidemark.runtime.WorkerCounters.Counter;
import io.tidemark.state.CommittedState;
import io.tidemark.state.ObjectCache;
import io.tidemark.state.StateDirectory;
import io.tidemark.system.StreamSystem;
import io.tidemark.system.SystemProducer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks: poll, process, commit. All of it on one thread, the one that calls {@link #open};
 * only {@link #wakeup}, the counters and what is committed are for others.
 *
 * <p>Invariant: what a commit makes visible - records sent, blocks of all tasks that sent or
 * changed anything, with their positions - is of one moment between records for each task. While
 * one commit is under way the next is filled; there is never a third.
 */
public final class Worker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  /** At most how many records are processed between two looks at the clock. */
  private static final int MAX_SLICE = 64;

  /** A slice of records that took longer than this is followed by a smaller one. */
  private static final long LONG_SLICE_MS = 5;

  /** How long to wait for records while something else may end at any moment. */
  private static final long BUSY_POLL_MS = 1;

  private static final long PROGRESS_REPORT_MS = 1000;

  private final WorkerSpec spec;
  private final ObjectCache cache;
  private final Requests requests;
  private final WorkerCounters counters = new WorkerCounters();
  private final List<TaskRunner> tasks = new ArrayList<>();
  private final List<AutoCloseable> resources = new ArrayList<>();
  private final Map<TaskName, CommittedState> committedStates = new ConcurrentHashMap<>();
  private final InputReader inputs;
  private List<TaskSpec> given = List.of();
  private @Nullable Function<TaskContext, Context> contexts;
  private @Nullable Journal journal;
  private @Nullable Committer committer;
  private @Nullable Outputs outputs;
  private long lastCommitMs;
  private long lastWindowMs;
  private long lastReportMs;
  private long commitsRequested;
  private boolean commitRequested;
  private boolean commitWanted;
  private long changedBytes;
  private int slice = 1;

  /**
   * @param requests what tasks ask of the whole container
   */
  public Worker(WorkerSpec spec, Requests requests) {
    this.spec = spec;
    this.cache = new ObjectCache(spec.cacheBytes());
    this.requests = requests;
    this.inputs = new InputReader(spec);
  }

  /** What the worker has done. */
  public WorkerCounters counters() {
    return counters;
  }

  /**
   * Brings the state of a task up to date in the background, and keeps it so until {@link #start}
   * or {@link #release}. Any thread may call it.
   *
   * @param generation that of the assignment, for {@link #reports}
   */
  public void restore(TaskSpec task, long generation) {
    throw new UnsupportedOperationException();
  }

  /**
   * Takes possession of a task as soon as it is restored, and runs it. Tasks that are ready at the
   * same moment are opened by one commit. Any thread may call it.
   *
   * @param generation what the opening block will carry; 0 for the journal's plus one. If the
   *     journal's is as high or higher, the task is {@link TaskReport.Phase#FAILED} with a {@link
   *     FencedException}
   */
  public void start(TaskName task, long generation) {
    throw new UnsupportedOperationException();
  }

  /**
   * Gives a task up in order: what is in flight, a last commit that says so, the task told, its
   * state closed. One that does not run yet is just closed. Any thread may call it.
   */
  public void release(TaskName task) {
    throw new UnsupportedOperationException();
  }

  /** Drops a task that was released or failed from the reports. Any thread may call it. */
  public void forget(TaskName task) {
    throw new UnsupportedOperationException();
  }

  /** A cut is under way: each task makes it with its next commit. Any thread may call it. */
  public void cut(long checkpoint) {
    throw new UnsupportedOperationException();
  }

  /** A checkpoint has ended; tasks that listen are told. Any thread may call it. */
  public void checkpointEnded(long number, boolean completed) {
    throw new UnsupportedOperationException();
  }

  /**
   * The journal of a running task need not be kept before a position; what its local state needs is
   * kept. Any thread may call it.
   */
  public void trim(TaskName task, long position) {
    throw new UnsupportedOperationException();
  }

  /** How the tasks are. Any thread may call it. */
  public Map<TaskName, TaskReport> reports() {
    throw new UnsupportedOperationException();
  }

  /**
   * Restores and starts tasks, and returns when they run: for who has nobody that assigns tasks.
   * Only the worker's thread may call it.
   *
   * @return false if the worker was asked to finish meanwhile
   */
  public boolean begin(List<TaskSpec> tasks) {
    given = tasks;
    openTasks(Objects.requireNonNull(contexts, "open"));
    return !requests.isShutdown();
  }

  /**
   * Makes the ways into the journal and to the outputs; this thread is the worker's from here on.
   *
   * @param contexts puts a task's own context into the whole
   */
  public void open(Function<TaskContext, Context> contexts) {
    this.contexts = contexts;
  }

  private void openTasks(Function<TaskContext, Context> contexts) {
    // First: who finds them in use by another process must not fence that one.
    Map<TaskName, StateDirectory> directories = lockDirectories();
    JournalFactory journals = (JournalFactory) spec.system(spec.journalSystem());
    Journal opened = keep(journals.journal(spec.journalName()));
    journal = opened;
    JournalWriter writer = keep(opened.writer(spec.name(), spec.guarantee()));
    BlockEncoder encoder = new BlockEncoder(opened.maxRecordBytes());
    List<SystemProducer> separate = new ArrayList<>();
    Outputs records = new Outputs(producers(writer, separate), spec.outputs());
    outputs = records;
    committer = new Committer(spec.name(), writer, encoder, separate);
    List<Opened> states = new ArrayList<>();
    try (JournalReader reader = opened.reader()) {
      TaskOpener opener =
          new TaskOpener(spec, given, opened, reader, writer, encoder, directories, cache);
      opener.open().forEach(state -> states.add(keep(state)));
    }
    for (Opened state : states) {
      tasks.add(runner(state, records));
      committedStates.put(state.spec.name(), state.state.committedState());
    }
    tasks.forEach(task -> task.state().attach());
    new EagerMigration(committer(), requests, spec.ticker()).run(tasks);
    inputs.start(tasks);
    commitsRequested = requests.commits();
    lastCommitMs = now();
    if (!populate()) {
      return;
    }
    for (TaskRunner task : tasks) {
      task.init(contexts);
      task.state().closeIterators();
    }
    lastWindowMs = now();
    LOG.info("Worker {} runs {}", spec.name(), tasks.stream().map(TaskRunner::name).toList());
  }

  /**
   * Brings the stores that streams feed up to date.
   *
   * @return false if the worker was asked to finish meanwhile
   */
  private boolean populate() {
    while (inputs.isPopulating()) {
      if (requests.isShutdown()) {
        return false;
      }
      step(false);
    }
    return true;
  }

  /**
   * From here on, records wait until the stores that streams feed have what those streams hold now.
   */
  public void catchUp() {
    inputs.catchUp();
  }

  private Map<TaskName, StateDirectory> lockDirectories() {
    Map<TaskName, StateDirectory> directories = new HashMap<>();
    for (TaskSpec task : given) {
      directories.put(
          task.name(), keep(StateDirectory.open(spec.stateDirectory(), spec.job(), task.name())));
    }
    return directories;
  }

  private TaskRunner runner(Opened state, Outputs records) {
    return new TaskRunner(
        new TaskRunner.Parts(
            state.spec,
            state.journal,
            state.state,
            state.directory,
            state.positions,
            records,
            requests,
            new Rejections(state.spec.name(), counters),
            spec.asyncLimits(),
            spec.ticker()));
  }

  private Map<String, SystemProducer> producers(
      JournalWriter writer, List<SystemProducer> separate) {
    Map<String, SystemProducer> producers = new HashMap<>();
    for (Map.Entry<String, StreamSystem> system : spec.systems().entrySet()) {
      if (system.getKey().equals(spec.journalSystem())) {
        producers.put(system.getKey(), writer.outputs());
      } else {
        SystemProducer producer = keep(system.getValue().producer(spec.name()));
        producers.put(system.getKey(), producer);
        separate.add(producer);
      }
    }
    return producers;
  }

  /**
   * One step: takes what has come, processes it, and commits when it is time.
   *
   * @return how many records were taken and processed
   */
  public int doWork() {
    return step(true);
  }

  private int step(boolean withWindows) {
    confirmIfEnded();
    int taken = inputs.poll(pollTimeout());
    int done = process();
    if (withWindows) {
      callWindows();
    }
    maintainState();
    if (isCommitDue()) {
      startCommit();
    }
    report();
    return taken + done;
  }

  private long pollTimeout() {
    boolean flying = false;
    for (TaskRunner task : tasks) {
      if (!task.isDone() && task.processing().isBacklogged() && !task.processing().isInFlight()) {
        return 0;
      }
      flying |= task.processing().isInFlight();
    }
    long longest = spec.pace().idleMs();
    if (flying || inputs.isAtEnd()) {
      return Math.min(longest, BUSY_POLL_MS);
    }
    long untilCommit = lastCommitMs + spec.pace().commitMs() - now();
    return Math.min(longest, Math.max(BUSY_POLL_MS, untilCommit));
  }

  /** Processes what has come; commits in between when it is time. */
  private int process() {
    int total = 0;
    for (TaskRunner task : tasks) {
      int done;
      do {
        done = process(task);
        total += done;
        if (isCommitDue()) {
          startCommit();
        }
      } while (done > 0);
      inputs.limitBacklog(task);
    }
    counters.set(Counter.RECORDS_OUT, outputs().records());
    return total;
  }

  private int process(TaskRunner task) {
    int limit = task.isDone() || requests.isShutdown() ? 0 : slice;
    long changedBefore = task.state().changedBytes();
    long started = now();
    int done = task.guard(() -> task.processing().run(limit));
    if (now() - started > LONG_SLICE_MS) {
      slice = Math.max(1, slice / 2);
    } else if (done == slice) {
      slice = Math.min(MAX_SLICE, slice * 2);
    }
    changedBytes += task.state().changedBytes() - changedBefore;
    commitRequested |= task.takeCommitRequest();
    commitWanted |= task.processing().wantsCommit();
    counters.add(Counter.RECORDS_IN, done);
    return done;
  }

  private void callWindows() {
    long windowMs = spec.pace().windowMs();
    if (windowMs > 0 && now() - lastWindowMs >= windowMs) {
      lastWindowMs = now();
      for (TaskRunner task : tasks) {
        if (!task.isDone()) {
          task.guard(() -> task.processing().window());
          commitRequested |= task.takeCommitRequest();
        }
      }
    }
  }

  private void maintainState() {
    for (TaskRunner task : tasks) {
      task.guard(() -> task.state().maintain());
    }
  }

  private boolean isCommitDue() {
    if (commitRequested
        || commitWanted
        || commitsRequested != requests.commits()
        || outputs().uncommittedBytes() + changedBytes >= spec.pace().commitMaxBytes()) {
      return true;
    }
    boolean isTime =
        now() - lastCommitMs >= spec.pace().commitMs() || cache.excess() > cache.maxBytes() / 8;
    return isTime && !committer().isUnderWay();
  }

  private void startCommit() {
    awaitCommit();
    commitsRequested = requests.commits();
    commitRequested = false;
    commitWanted = false;
    changedBytes = 0;
    lastCommitMs = now();
    if (committer().start(tasks)) {
      outputs().committed();
      confirmIfEnded();
    }
  }

  private void confirmIfEnded() {
    if (!committer().isUnderWay()) {
      awaitCommit();
    }
  }

  private void awaitCommit() {
    Map<SystemStreamPartition, String> positions = committer().await();
    if (positions != null) {
      inputs.committed(positions);
      counters.add(Counter.COMMITS, 1);
    }
  }

  private void report() {
    if (now() - lastReportMs >= PROGRESS_REPORT_MS) {
      lastReportMs = now();
      inputs.reportProgress();
      counters.set(Counter.LAG, inputs.lag());
    }
  }

  /** A store of a task; null if this worker has no such task, or the task no such store. */
  public @Nullable ReadOnlyKeyValueStore<?, ?> store(TaskName name, String store) {
    for (TaskRunner task : tasks) {
      if (task.name().equals(name)) {
        return task.store(store);
      }
    }
    return null;
  }

  /** What a task has committed; null if this worker has it not open. Any thread may call it. */
  public @Nullable CommittedState committedState(TaskName name) {
    return committedStates.get(name);
  }

  /** Whether there is nothing left to do: each task asked to end, or is at the end of its input. */
  public boolean isFinished() {
    if (requests.isShutdown()) {
      return true;
    }
    for (TaskRunner task : tasks) {
      boolean atEnd = spec.untilEnd() && inputs.isAtEnd(task) && task.processing().isIdle();
      if (!atEnd && !task.isDone()) {
        return false;
      }
    }
    return true;
  }

  /**
   * Finishes in order: what is in flight, a last commit, local state up to date, the tasks told.
   */
  public void finish() {
    long deadline = now() + spec.pace().shutdownMs();
    while (isAnythingInFlight() && now() < deadline) {
      confirmIfEnded();
      LockSupport.parkNanos(100_000);
    }
    startCommit();
    awaitCommit();
    for (TaskRunner task : tasks) {
      task.end();
      task.state().closeIterators();
      task.guard(() -> task.state().drain());
    }
    inputs.reportProgress();
    LOG.info("Worker {} finished", spec.name());
  }

  /** Looks who has landed, and whether somebody has not. */
  private boolean isAnythingInFlight() {
    boolean any = false;
    for (TaskRunner task : tasks) {
      task.guard(() -> task.processing().run(0));
      any |= task.processing().isInFlight();
    }
    return any;
  }

  /**
   * What a worker that was refused failed with: if another has taken possession of its tasks, that;
   * if nobody has, its transaction was ended because it took too long, and it may start again.
   */
  public TidemarkException explain(FencedException refused) {
    Journal known = journal;
    if (known == null || tasks.isEmpty()) {
      return refused;
    }
    try (JournalReader reader = known.reader()) {
      for (TaskRunner task : tasks) {
        if (task.hasSuccessor(reader)) {
          return refused;
        }
      }
    } catch (TidemarkException e) {
      refused.addSuppressed(e);
      return refused;
    }
    return new TidemarkException(
        "TM-3103",
        String.format(
            "worker %s stood still for longer than a transaction may take, and its transaction was ended;"
                + " nobody has taken over its tasks. Nothing is lost: what it had not committed is processed"
                + " again after a restart",
            spec.name()),
        refused);
  }

  /** Makes a step that waits for records return. Any thread may call it. */
  public void wakeup() {
    inputs.wakeup();
  }

  /** Frees everything; what was not committed is given up. */
  @Override
  public void close() {
    tasks.clear();
    committedStates.clear();
    closeQuietly(inputs);
    for (int i = resources.size() - 1; i >= 0; i--) {
      closeQuietly(resources.get(i));
    }
    resources.clear();
  }

  private static void closeQuietly(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Exception e) {
      LOG.warn("Closing failed: {}", e.toString());
    }
  }

  private <T extends AutoCloseable> T keep(T resource) {
    resources.add(resource);
    return resource;
  }

  private Committer committer() {
    return Objects.requireNonNull(committer, "not open");
  }

  private Outputs outputs() {
    return Objects.requireNonNull(outputs, "not open");
  }

  private long now() {
    return spec.ticker().getAsLong();
  }
}
