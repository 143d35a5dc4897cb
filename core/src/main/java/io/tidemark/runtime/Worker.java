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
import io.tidemark.runtime.WorkerCounters.Counter;
import io.tidemark.state.CommittedState;
import io.tidemark.state.ObjectCache;
import io.tidemark.system.Failpoint;
import io.tidemark.system.StreamSystem;
import io.tidemark.system.SystemProducer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks, which come and go: poll, process, commit. All of it on one thread, the one that calls
 * {@link #open}; other threads say what they want, and it is done between two steps.
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

  /** For at most how long those that run go before those that begin, again and again. */
  private static final long LONGEST_TURN_MS = 200;

  private final WorkerSpec spec;
  private final Requests requests;
  private final CommitTiming timing;
  private final WorkerCounters counters = new WorkerCounters();
  private final HostedTasks hosted;
  private final List<TaskRunner> tasks = new ArrayList<>();
  private final List<AutoCloseable> resources = new ArrayList<>();
  private final Map<TaskName, CommittedState> committedStates = new ConcurrentHashMap<>();
  private final InputReaders inputs;
  private final ObjectCache cache;
  private final AtomicLong announcedCut = new AtomicLong();
  private volatile long stoppingCut;
  private final Queue<Runnable> orders = new ConcurrentLinkedQueue<>();
  private @Nullable Function<TaskContext, Context> contexts;
  private @Nullable Journal journal;
  private @Nullable JournalWriter writer;
  private @Nullable BlockEncoder encoder;
  private @Nullable Committer committer;
  private @Nullable Outputs outputs;
  private volatile boolean allBegun;
  private long lastWindowMs;
  private long lastReportMs;
  private long lastOpeningMs;
  private long runningTurnMs;
  private boolean openingWaits;
  private int slice = 1;

  /**
   * @param requests what tasks ask of the whole container
   */
  public Worker(WorkerSpec spec, Requests requests) {
    this.spec = spec;
    this.cache = new ObjectCache(spec.cacheBytes());
    this.requests = requests;
    this.timing = new CommitTiming(spec.pace(), requests, spec.ticker());
    this.inputs = new InputReaders(spec);
    this.hosted = new HostedTasks(spec, cache, inputs::wakeup);
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
    order(() -> hosted.restore(task, generation));
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
    order(() -> hosted.start(task, generation));
  }

  /**
   * Gives a task up in order: what is in flight, a last commit that says so, the task told, its
   * state closed. One that does not run yet is just closed. Any thread may call it.
   */
  public void release(TaskName task) {
    order(() -> hosted.release(task));
  }

  /** Drops a task that was released or failed from the reports. Any thread may call it. */
  public void forget(TaskName task) {
    order(() -> hosted.forget(task));
  }

  /**
   * A cut is under way: each task makes it with its next commit. Any thread may call it.
   *
   * @param stopAtCut whether tasks process nothing after it, until this is called otherwise
   */
  public void cut(long checkpoint, boolean stopAtCut) {
    stoppingCut = stopAtCut ? checkpoint : 0;
    cut(checkpoint);
  }

  /** As the other, without stopping. */
  public void cut(long checkpoint) {
    announcedCut.accumulateAndGet(checkpoint, Math::max);
    wakeup();
  }

  /** A checkpoint has ended; tasks that listen are told. Any thread may call it. */
  public void checkpointEnded(long number, boolean completed) {
    order(() -> tasks.forEach(task -> task.checkpointEnded(number, completed)));
  }

  /**
   * The journal of a running task need not be kept before a position; what its local state needs is
   * kept. Any thread may call it.
   */
  public void trim(TaskName task, long position) {
    order(() -> trimNow(task, position));
  }

  /**
   * Whether each task that it was given was told that it begins, its stores being populated. Any
   * thread may call it; ask for {@link #reports} before.
   */
  public boolean haveAllBegun() {
    return allBegun;
  }

  /** How the tasks are. Any thread may call it. */
  public Map<TaskName, TaskReport> reports() {
    return hosted.reports();
  }

  /**
   * Restores and starts tasks, and returns when they run: for who has nobody that assigns tasks.
   * Only the worker's thread may call it.
   *
   * @return false if the worker was asked to finish meanwhile
   */
  public boolean begin(List<TaskSpec> given) {
    given.forEach(task -> hosted.restore(task, 0));
    stepUntil(() -> !hosted.isAnyRestoring());
    given.forEach(task -> hosted.start(task.name(), 0));
    stepUntil(hosted::isAllInitialised);
    lastWindowMs = now();
    return !requests.isShutdown();
  }

  private void stepUntil(BooleanSupplier reached) {
    boolean goesOn = true;
    while (goesOn) {
      advance();
      hosted.throwFailure();
      goesOn = !reached.getAsBoolean() && !requests.isShutdown();
      if (goesOn) {
        work(false);
      }
    }
  }

  /**
   * Makes the ways into the journal and to the outputs; this thread is the worker's from here on.
   *
   * @param contexts puts a task's own context into the whole
   */
  public void open(Function<TaskContext, Context> contexts) {
    this.contexts = contexts;
    JournalFactory journals = (JournalFactory) spec.system(spec.journalSystem());
    Journal opened = keep(journals.journal(spec.journalName()));
    journal = opened;
    hosted.open(opened);
    takeOrders(); // tasks are restored while the way into the journal is made
    JournalWriter ownWriter = keep(opened.writer(spec.name(), spec.guarantee()));
    writer = ownWriter;
    BlockEncoder blocks = new BlockEncoder(opened.maxRecordBytes());
    encoder = blocks;
    List<SystemProducer> separate = new ArrayList<>();
    outputs = new Outputs(producers(ownWriter, separate), spec.outputs());
    committer = new Committer(spec.name(), ownWriter, blocks, separate);
    timing.restart();
    lastWindowMs = now();
  }

  private void order(Runnable order) {
    orders.add(order);
    wakeup();
  }

  private void takeOrders() {
    for (Runnable order = orders.poll(); order != null; order = orders.poll()) {
      order.run();
    }
  }

  /** Does what other threads want, and what tasks need that begin or end. */
  private void advance() {
    takeOrders();
    timing.learnOfCut(announcedCut.get());
    hosted.advance();
    List<HostedTask> ready = hosted.toBeOpened();
    openingWaits = !ready.isEmpty() && !isOpeningDue();
    if (!ready.isEmpty() && !openingWaits) {
      long began = now();
      takePossession(ready);
      lastOpeningMs = now();
      runningTurnMs = Math.min(LONGEST_TURN_MS, lastOpeningMs - began);
    }
    for (HostedTask task : hosted.migrating()) {
      Objects.requireNonNull(task.migration()).step();
      startCommit();
      awaitCommit();
    }
    beginReading();
    if (hosted.isAnyMoving()) {
      initPopulated();
    }
    giveUpReleased();
    allBegun = hosted.isAllInitialised();
    hosted.tell(this::isAtEnd);
  }

  /** Nothing is processed while tasks are opened; so those that run get as long a turn after it. */
  private boolean isOpeningDue() {
    return tasks.isEmpty() || now() - lastOpeningMs >= runningTurnMs;
  }

  /** By a commit of its own: what others have sent must not become visible without their blocks. */
  private void takePossession(List<HostedTask> ready) {
    startCommit();
    awaitCommit();
    List<RestoredTask> restored = new ArrayList<>();
    ready.forEach(task -> restored.add(task.toBeOpened()));
    Journal known = Objects.requireNonNull(journal);
    try (JournalReader reader = known.reader()) {
      new TaskOpener(
              spec, known, reader, Objects.requireNonNull(writer), Objects.requireNonNull(encoder))
          .open(restored);
    }
    for (HostedTask task : ready) {
      RestoredTask opened = task.toBeOpened();
      if (opened.refusal != null) {
        LOG.warn(
            "Worker {} does not run {}: {}", spec.name(), task.name(), opened.refusal.toString());
        task.refused(opened.refusal);
      } else {
        run(task, opened);
      }
    }
    timing.cutAgain();
  }

  private void run(HostedTask task, RestoredTask opened) {
    opened.state.attach();
    TaskRunner runner =
        new TaskRunner(new TaskRunner.Parts(opened, outputs(), requests, counters, spec));
    task.opened(runner);
    tasks.add(runner);
    committedStates.put(task.name(), opened.state.committedState());
  }

  private void beginReading() {
    List<TaskRunner> begun = new ArrayList<>();
    for (HostedTask task : hosted.toBeRead()) {
      task.readingBegins();
      begun.add(Objects.requireNonNull(task.runner()));
    }
    if (!begun.isEmpty()) {
      inputs.add(begun);
    }
  }

  /** Tasks that begin at the same time wait for one another. */
  private void initPopulated() {
    List<TaskRunner> beginning = new ArrayList<>();
    for (HostedTask task : hosted.reading()) {
      TaskRunner runner = Objects.requireNonNull(task.runner());
      if (!runner.isInitialised() && !runner.isReleasing()) {
        beginning.add(runner);
      }
    }
    if (beginning.stream().noneMatch(inputs::isPopulating)) {
      for (TaskRunner runner : beginning) {
        runner.init(Objects.requireNonNull(contexts, "open"));
        runner.state().closeIterators();
        LOG.info("Worker {} runs {}", spec.name(), runner.name());
      }
    }
  }

  private void giveUpReleased() {
    for (HostedTask task : hosted.releasing()) {
      TaskRunner runner = Objects.requireNonNull(task.runner());
      if (now() - task.releasingSinceMs() >= spec.pace().shutdownMs()) {
        runner.giveUpFlights();
      }
      if (runner.isReleased()) {
        runner.end();
        tasks.remove(runner);
        committedStates.remove(task.name());
        if (task.isReading()) {
          inputs.remove(runner);
        }
        runner.state().detach();
        task.tell(false);
        task.close(true);
        LOG.info("Worker {} has released {}", spec.name(), runner.name());
      } else if (runner.isReleasedByNextBlock()) {
        timing.request();
      } else {
        runner.guard(() -> runner.processing().run(0));
      }
    }
  }

  private void trimNow(TaskName name, long position) {
    for (TaskRunner task : tasks) {
      if (task.name().equals(name)) {
        long to = Math.min(position, task.state().durableCommit().position());
        if (task.trimsTo(to)) {
          Journal known = Objects.requireNonNull(journal);
          spec.background().restorers().execute(() -> trim(known, task, to));
        }
      }
    }
  }

  private static void trim(Journal journal, TaskRunner task, long position) {
    try {
      Failpoint.pass("journal.before-trim");
      journal.trim(task.journalPartition(), position);
      Failpoint.pass("journal.after-trim");
    } catch (RuntimeException e) {
      LOG.warn("The journal of task {} could not be trimmed: {}", task.name(), e.toString());
    }
  }

  /**
   * From here on, records wait until the stores that streams feed have what those streams hold now.
   */
  public void catchUp() {
    inputs.catchUp();
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
    advance();
    return work(true);
  }

  private int work(boolean withWindows) {
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
      if (!isStopped(task) && task.processing().isBacklogged() && !task.processing().isInFlight()) {
        return 0;
      }
      flying |= task.processing().isInFlight();
    }
    long longest = spec.pace().idleMs();
    if (flying || openingWaits || inputs.isAtEnd() || hosted.isAnyMoving()) {
      return Math.min(longest, BUSY_POLL_MS);
    }
    return Math.min(longest, Math.max(BUSY_POLL_MS, timing.untilDueMs()));
  }

  /** Processes what has come; commits in between when it is time. */
  private int process() {
    int total = 0;
    for (TaskRunner task : tasks) {
      boolean goesOn = true;
      while (goesOn) {
        int done = process(task);
        total += done;
        long awaited = task.awaitedCut();
        if (isCommitDue()) {
          startCommit();
        }
        goesOn = done > 0 || (awaited > 0 && task.awaitedCut() == 0);
      }
      inputs.limitBacklog(task);
    }
    counters.set(Counter.RECORDS_OUT, outputs().records());
    return total;
  }

  private int process(TaskRunner task) {
    if (!task.processing().isBacklogged() && !task.processing().isInFlight()) {
      lookAtRequests(task);
      return 0;
    }
    int limit = isStopped(task) || requests.isShutdown() ? 0 : slice;
    long changedBefore = task.state().changedBytes();
    long started = now();
    int done = task.guard(() -> task.processing().run(limit));
    if (now() - started > LONG_SLICE_MS) {
      slice = Math.max(1, slice / 2);
    } else if (done == slice) {
      slice = Math.min(MAX_SLICE, slice * 2);
    }
    timing.changed(task.state().changedBytes() - changedBefore);
    lookAtRequests(task);
    task.processed(done);
    if (task.awaitedCut() > 0) {
      timing.learnOfCut(task.awaitedCut());
      if (!task.processing().isInFlight()) {
        timing.cutAgain();
      }
    }
    counters.add(Counter.RECORDS_IN, done);
    return done;
  }

  private void lookAtRequests(TaskRunner task) {
    if (task.takeCommitRequest() | task.processing().wantsCommit()) {
      timing.request();
    }
  }

  /** Whether a task processes nothing any more, or not for the while. */
  private boolean isStopped(TaskRunner task) {
    return task.isDone() || (stoppingCut > 0 && task.lastCut() >= stoppingCut);
  }

  private void callWindows() {
    long windowMs = spec.pace().windowMs();
    if (windowMs > 0 && now() - lastWindowMs >= windowMs) {
      lastWindowMs = now();
      for (TaskRunner task : tasks) {
        if (!isStopped(task) && task.isInitialised()) {
          task.guard(() -> task.processing().window());
          lookAtRequests(task);
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
    boolean cacheIsOverfull = cache.excess() > cache.maxBytes() / 8;
    return timing.isDue(outputs().uncommittedBytes(), cacheIsOverfull, committer().isUnderWay());
  }

  private void startCommit() {
    awaitCommit();
    timing.restart();
    if (committer().start(tasks, timing.cut())) {
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
    return hosted.isAllInitialised() && !tasks.isEmpty() && tasks.stream().allMatch(this::isAtEnd);
  }

  private boolean isAtEnd(TaskRunner task) {
    boolean atEnd = spec.untilEnd() && inputs.isAtEnd(task) && task.processing().isIdle();
    return task.isInitialised() && (atEnd || task.isDone());
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
    hosted.closeStates();
    closeQuietly(inputs);
    for (int i = resources.size() - 1; i >= 0; i--) {
      closeQuietly(resources.get(i));
    }
    resources.clear();
    hosted.closeDirectories();
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
