package io.tidemark.runtime;

import io.tidemark.api.Context;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.StateException;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskContext;
import io.tidemark.api.TaskName;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockBuilder.EncodedBlock;
import io.tidemark.journal.BlockEncoder;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalFactory;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalWriter;
import io.tidemark.runtime.TaskOpener.Opened;
import io.tidemark.runtime.WorkerCounters.Counter;
import io.tidemark.state.StateDirectory;
import io.tidemark.system.Failpoint;
import io.tidemark.system.RecordBatch;
import io.tidemark.system.StartPosition;
import io.tidemark.system.StreamSystem;
import io.tidemark.system.SystemConsumer;
import io.tidemark.system.SystemProducer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks: poll, process, commit. All of it on one thread, the one that calls {@link #open};
 * only {@link #wakeup} and the counters are for others.
 *
 * <p>Invariant: what a commit makes visible - records sent, blocks of all tasks that sent or
 * changed anything, with their positions - is of one moment between records for each task. While
 * one commit is under way the next is filled; there is never a third.
 */
public final class Worker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  /** How many records are processed between two looks at the clock. */
  private static final int SLICE = 64;

  /** How long to wait for records while something else may end at any moment. */
  private static final long BUSY_POLL_MS = 1;

  private static final long PROGRESS_REPORT_MS = 1000;

  private final WorkerSpec spec;
  private final Requests requests;
  private final WorkerCounters counters = new WorkerCounters();
  private final List<TaskRunner> tasks = new ArrayList<>();
  private final Map<SystemStreamPartition, TaskRunner> readers = new LinkedHashMap<>();
  private volatile Map<String, SystemConsumer> consumers = Map.of();
  private final List<SystemProducer> separateProducers = new ArrayList<>();
  private final List<AutoCloseable> resources = new ArrayList<>();
  private final Bounds bounds;
  private final Map<SystemStreamPartition, String> unreported = new HashMap<>();
  private @Nullable JournalWriter writer;
  private @Nullable BlockEncoder encoder;
  private @Nullable Outputs outputs;
  private @Nullable Commit underWay;
  private long lastCommitMs;
  private long lastWindowMs;
  private long lastReportMs;
  private long commitsRequested;
  private boolean commitRequested;
  private boolean overfull;
  private long changedBytes;

  private record Commit(List<Committed> blocks, CompletableFuture<Map<Integer, Long>> ending) {}

  private record Committed(TaskRunner task, Block block) {}

  /**
   * @param requests what tasks ask of the whole container
   */
  public Worker(WorkerSpec spec, Requests requests) {
    this.spec = spec;
    this.requests = requests;
    this.bounds = new Bounds(spec);
  }

  /** What the worker has done. */
  public WorkerCounters counters() {
    return counters;
  }

  /**
   * Takes possession of the tasks, restores their state and starts to read.
   *
   * @param contexts puts a task's own context into the whole
   */
  public void open(Function<TaskContext, Context> contexts) {
    // First: who finds them in use by another process must not fence that one.
    Map<TaskName, StateDirectory> directories = lockDirectories();
    JournalFactory journals = (JournalFactory) spec.system(spec.journalSystem());
    Journal journal = keep(journals.journal(spec.journalName()));
    JournalWriter opened = keep(journal.writer(spec.name(), spec.guarantee()));
    writer = opened;
    encoder = new BlockEncoder(journal.maxRecordBytes());
    Outputs records = new Outputs(producers(opened), spec.outputs());
    outputs = records;
    List<Opened> states;
    try (JournalReader reader = journal.reader()) {
      states = new TaskOpener(spec, journal, reader, opened, encoder, directories).open();
    }
    for (Opened state : states) {
      tasks.add(runner(state, records));
    }
    for (TaskRunner task : tasks) {
      task.state().attach();
      task.init(contexts);
      task.state().closeIterators();
    }
    startReading();
    lastCommitMs = now();
    lastWindowMs = now();
    LOG.info("Worker {} runs {}", spec.name(), tasks.stream().map(TaskRunner::name).toList());
  }

  private Map<TaskName, StateDirectory> lockDirectories() {
    Map<TaskName, StateDirectory> directories = new HashMap<>();
    for (TaskSpec task : spec.tasks()) {
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

  private Map<String, SystemProducer> producers(JournalWriter journalWriter) {
    Map<String, SystemProducer> producers = new HashMap<>();
    for (Map.Entry<String, StreamSystem> system : spec.systems().entrySet()) {
      if (system.getKey().equals(spec.journalSystem())) {
        producers.put(system.getKey(), journalWriter.outputs());
      } else {
        SystemProducer producer = keep(system.getValue().producer(spec.name()));
        producers.put(system.getKey(), producer);
        separateProducers.add(producer);
      }
    }
    return producers;
  }

  private void startReading() {
    Map<String, Map<SystemStreamPartition, StartPosition>> starts = new LinkedHashMap<>();
    for (TaskRunner task : tasks) {
      task.positions()
          .forEach(
              (partition, offset) -> {
                readers.put(partition, task);
                starts
                    .computeIfAbsent(partition.getSystem(), system -> new LinkedHashMap<>())
                    .put(partition, new StartPosition.At(offset));
              });
    }
    Map<String, SystemConsumer> opened = new LinkedHashMap<>();
    starts.forEach(
        (system, positions) -> {
          SystemConsumer consumer = keep(spec.system(system).consumer(spec.name()));
          consumer.assign(positions);
          opened.put(system, consumer);
        });
    bounds.start(readers.keySet());
    consumers = opened;
  }

  /**
   * One step: takes what has come, processes it, and commits when it is time.
   *
   * @return how many records were processed
   */
  public int doWork() {
    confirmIfEnded();
    int taken = poll();
    int done = process();
    callWindows();
    maintainState();
    if (isCommitDue()) {
      startCommit();
    }
    report();
    return taken + done;
  }

  private int poll() {
    long timeout = pollTimeout();
    int taken = 0;
    for (Map.Entry<String, SystemConsumer> entry : consumers.entrySet()) {
      SystemConsumer consumer = entry.getValue();
      for (RecordBatch batch : consumer.poll(Duration.ofMillis(timeout))) {
        TaskRunner task = Objects.requireNonNull(readers.get(batch.partition()));
        RecordBatch wanted = bounds.cut(batch);
        if (wanted != null && !task.isDone()) {
          task.enqueue(wanted);
          taken += wanted.size();
        }
      }
      bounds.check(consumer, entry.getKey());
    }
    return taken;
  }

  private long pollTimeout() {
    boolean flying = false;
    for (TaskRunner task : tasks) {
      if (task.processing().isBacklogged() && !task.processing().isInFlight()) {
        return 0;
      }
      flying |= task.processing().isInFlight();
    }
    if (flying || consumers.size() > 1 || bounds.isReached()) {
      return Math.min(spec.pace().idleMs(), BUSY_POLL_MS);
    }
    long untilCommit = lastCommitMs + spec.pace().commitMs() - now();
    return Math.min(spec.pace().idleMs(), Math.max(BUSY_POLL_MS, untilCommit));
  }

  /** Processes what has come; commits in between when it is time. */
  private int process() {
    int total = 0;
    for (TaskRunner task : tasks) {
      int done;
      do {
        long changedBefore = task.state().changedBytes();
        done = guarded(task, () -> task.processing().run(SLICE));
        total += done;
        changedBytes += task.state().changedBytes() - changedBefore;
        commitRequested |= task.takeCommitRequest();
        overfull |= task.processing().isOverfull();
        if (done > 0) {
          counters.add(Counter.RECORDS_IN, done);
          if (isCommitDue()) {
            startCommit();
          }
        }
      } while (done > 0 && !task.isDone());
      limitBacklog(task);
    }
    counters.set(Counter.RECORDS_OUT, outputs().records());
    return total;
  }

  private interface Step {
    int run();
  }

  /** Runs a step of a task; if its state turns out damaged, notes that for the next start. */
  private int guarded(TaskRunner task, Step step) {
    try {
      return step.run();
    } catch (RuntimeException e) {
      for (Throwable cause = e; cause != null; cause = cause.getCause()) {
        if (cause instanceof StateException state && state.code().equals(StateException.DAMAGED)) {
          task.directory().markDamaged(String.valueOf(state.getMessage()));
        }
      }
      throw e;
    }
  }

  /** No more records for a task that has not begun those it has, or is done. */
  private void limitBacklog(TaskRunner task) {
    boolean pause = task.processing().isBacklogged() || task.isDone();
    if (pause != task.isPaused()) {
      task.setPaused(pause);
      for (Input input : task.inputs()) {
        if (!bounds.isReached(input.partition())) {
          SystemConsumer consumer = consumer(input.partition());
          if (pause) {
            consumer.pause(Set.of(input.partition()));
          } else {
            consumer.resume(Set.of(input.partition()));
          }
        }
      }
    }
  }

  private void callWindows() {
    long windowMs = spec.pace().windowMs();
    if (windowMs > 0 && now() - lastWindowMs >= windowMs) {
      lastWindowMs = now();
      for (TaskRunner task : tasks) {
        guarded(
            task,
            () -> {
              task.processing().window();
              return 0;
            });
      }
    }
  }

  private void maintainState() {
    for (TaskRunner task : tasks) {
      guarded(
          task,
          () -> {
            task.state().maintain();
            return 0;
          });
    }
  }

  private boolean isCommitDue() {
    if (commitRequested
        || overfull
        || commitsRequested != requests.commits()
        || outputs().uncommittedBytes() + changedBytes >= spec.pace().commitMaxBytes()) {
      return true;
    }
    boolean due = now() - lastCommitMs >= spec.pace().commitMs();
    return due && (underWay == null || underWay.ending.isDone());
  }

  private void startCommit() {
    awaitCommit();
    commitsRequested = requests.commits();
    commitRequested = false;
    overfull = false;
    changedBytes = 0;
    lastCommitMs = now();
    List<Committed> blocks = new ArrayList<>();
    for (TaskRunner task : tasks) {
      if (task.hasUncommitted() && task.processing().settle() && task.hasUncommitted()) {
        Failpoint.pass("commit.before-block");
        EncodedBlock block = task.buildBlock(spec.name(), Objects.requireNonNull(encoder));
        writer().append(task.journalPartition(), block.records());
        blocks.add(new Committed(task, block.block()));
      }
    }
    if (blocks.isEmpty()) {
      return;
    }
    Failpoint.pass("commit.after-block");
    separateProducers.forEach(SystemProducer::flush);
    Failpoint.pass("commit.after-flush");
    outputs().committed();
    underWay = new Commit(blocks, writer().commit());
    confirmIfEnded();
  }

  private void confirmIfEnded() {
    if (underWay != null && underWay.ending.isDone()) {
      awaitCommit();
    }
  }

  /**
   * Waits for the commit under way, if there is one. Its changes are on their way to the engines
   * then.
   */
  private void awaitCommit() {
    Commit commit = underWay;
    if (commit == null) {
      return;
    }
    Map<Integer, Long> positions = Commits.await(commit.ending);
    underWay = null;
    Failpoint.pass("commit.confirmed");
    for (Committed committed : commit.blocks) {
      long position =
          Objects.requireNonNull(positions.get(committed.task.journalPartition()), "a position");
      committed.task.state().committed(committed.block, position);
      unreported.putAll(committed.block.positions());
    }
    counters.add(Counter.COMMITS, 1);
  }

  private void report() {
    if (now() - lastReportMs < PROGRESS_REPORT_MS) {
      return;
    }
    lastReportMs = now();
    reportProgress();
    long lag = 0;
    for (SystemStreamPartition partition : readers.keySet()) {
      lag += Math.max(0, consumer(partition).lag(partition));
    }
    counters.set(Counter.LAG, lag);
  }

  private void reportProgress() {
    consumers.forEach(
        (system, consumer) -> {
          Map<SystemStreamPartition, String> positions = new HashMap<>();
          unreported.forEach(
              (partition, offset) -> {
                if (partition.getSystem().equals(system)) {
                  positions.put(partition, offset);
                }
              });
          if (!positions.isEmpty()) {
            consumer.reportProgress(positions);
          }
        });
    unreported.clear();
  }

  /** A store of a task; null if this worker has no such task, or the task no such store. */
  public @Nullable KeyValueStore<?, ?> store(TaskName name, String store) {
    for (TaskRunner task : tasks) {
      if (task.name().equals(name)) {
        return task.state().store(store);
      }
    }
    return null;
  }

  /**
   * Whether there is nothing left to do: the inputs' bounds are reached, or all tasks asked to end.
   */
  public boolean isFinished() {
    if (requests.isShutdown()) {
      return true;
    }
    boolean allDone = true;
    boolean idle = true;
    for (TaskRunner task : tasks) {
      allDone &= task.isDone();
      idle &= task.processing().isIdle();
    }
    return allDone || (spec.untilEnd() && idle && bounds.isReached());
  }

  /**
   * Finishes in order: what is in flight, a last commit, local state up to date, the tasks told.
   */
  public void finish() {
    long deadline = now() + spec.pace().shutdownMs();
    while (tasks.stream().anyMatch(task -> task.processing().isInFlight()) && now() < deadline) {
      for (TaskRunner task : tasks) {
        task.processing().run(0);
      }
      confirmIfEnded();
      LockSupport.parkNanos(100_000);
    }
    startCommit();
    awaitCommit();
    for (TaskRunner task : tasks) {
      task.end();
      task.state().closeIterators();
      task.state().drain();
    }
    reportProgress();
    LOG.info("Worker {} finished", spec.name());
  }

  /** Makes a step that waits for records return. Any thread may call it. */
  public void wakeup() {
    consumers.values().forEach(SystemConsumer::wakeup);
  }

  /** Frees everything; what was not committed is given up. */
  @Override
  public void close() {
    for (TaskRunner task : tasks) {
      closeQuietly(task);
    }
    for (int i = resources.size() - 1; i >= 0; i--) {
      closeQuietly(resources.get(i));
    }
    resources.clear();
    tasks.clear();
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

  private SystemConsumer consumer(SystemStreamPartition partition) {
    return Objects.requireNonNull(consumers.get(partition.getSystem()));
  }

  private JournalWriter writer() {
    return Objects.requireNonNull(writer, "not open");
  }

  private Outputs outputs() {
    return Objects.requireNonNull(outputs, "not open");
  }

  private long now() {
    return spec.ticker().getAsLong();
  }
}
