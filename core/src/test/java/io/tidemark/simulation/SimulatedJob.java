package io.tidemark.simulation;

import io.tidemark.api.Config;
import io.tidemark.api.FencedException;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.StateException;
import io.tidemark.api.TaskName;
import io.tidemark.api.TidemarkException;
import io.tidemark.checkpoint.BlobStoreException;
import io.tidemark.checkpoint.FaultyBlobStore;
import io.tidemark.checkpoint.MemoryBlobStore;
import io.tidemark.container.SteppedContainer;
import io.tidemark.container.SteppedCoordinator;
import io.tidemark.coordinator.Coordination;
import io.tidemark.coordinator.Coordinator;
import io.tidemark.coordinator.JobPlan;
import io.tidemark.coordinator.MetadataStore;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.system.MemorySystem;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A whole job in one thread: its coordinator and containers, each a process that may crash, stand
 * still and come back, over streams, journals, blobs and metadata that outlive them. The real code
 * but for threads, disks of blob stores and the network.
 */
final class SimulatedJob {
  private static final int WORKERS = 2;

  /** Failures that a container may end of; all others are found. */
  private static final Set<String> EXPECTED =
      Set.of("TM-8350", "TM-8301", "TM-8302", "TM-8303", "TM-3103", "TM-3102");

  final World world;
  final Oracle oracle;
  final SimulatedNetwork network;
  final SimulatedJournals.Weather commits = new SimulatedJournals.Weather();
  final List<Slot> slots = new ArrayList<>();
  private final Map<String, String> settings;
  private final Path root;
  private final Planted bug;
  private Map<String, Integer> tasks;
  private JobPlan.@Nullable Start start;
  private @Nullable SimulatedProcess coordinatorProcess;
  private @Nullable SteppedCoordinator coordinator;
  private @Nullable SteppedCoordinator former;
  private @Nullable SimulatedProcess formerProcess;
  private int blobFaults;
  private boolean calm;
  private int sessions;

  /** What outlives processes. */
  record World(
      SimulatedTime time,
      SimulatedGraph graph,
      MemorySystem memory,
      MemoryBlobStore blobs,
      MetadataStore metadata) {}

  SimulatedJob(
      World world,
      Map<String, String> settings,
      Path root,
      Planted bug,
      Oracle oracle,
      JobPlan.@Nullable Start start) {
    this.world = world;
    this.settings = new TreeMap<>(settings);
    this.settings.putAll(world.graph.settings());
    this.root = root;
    this.bug = bug;
    this.oracle = oracle;
    this.start = start;
    this.tasks = world.graph.drawTasks(world.time.random());
    this.network = new SimulatedNetwork(world.time, this::answering);
    world.time.after(200, this::verify);
  }

  private void verify() {
    oracle.verifyNew(world.blobs);
    world.time.after(200, this::verify);
  }

  // The coordinator

  private @Nullable Coordination answering() {
    SteppedCoordinator old = former;
    if (old != null
        && formerProcess != null
        && formerProcess.isAlive()
        && !formerProcess.isPaused()
        && world.time.chance(200)) {
      return oracle.watching(old.coordinator());
    }
    if (coordinator == null || coordinatorProcess == null || coordinatorProcess.isPaused()) {
      return null;
    }
    return oracle.watching(coordinator.coordinator());
  }

  /** Starts a coordinator; one that there is goes on until it learns of that. */
  void startCoordinator() {
    former = coordinator;
    formerProcess = coordinatorProcess;
    SimulatedProcess process =
        new SimulatedProcess("coordinator", world.time, this::coordinatorEnded);
    process.setClockSkew(0);
    FaultyBlobStore blobs = faulty();
    try {
      SteppedCoordinator made =
          new SteppedCoordinator(
              new SteppedCoordinator.Parts(
                  Config.of(settings("coordinator")),
                  world.graph.code(),
                  Map.of("memory", new MemoryJournals(world.memory)),
                  blobs,
                  world.metadata,
                  start,
                  slots.size(),
                  process::clockMs,
                  process.background(calm ? 5 : 100)));
      coordinator = made;
      coordinatorProcess = process;
      process.every(25, made.coordinator()::doWork);
      process.every(700, made::collect);
    } catch (BlobStoreException e) {
      coordinator = null;
      coordinatorProcess = null;
      world.time.after(100, this::startCoordinatorIfNone);
    }
  }

  private void startCoordinatorIfNone() {
    if (coordinator == null) {
      startCoordinator();
    }
  }

  private void coordinatorEnded(RuntimeException why) {
    if (!(why instanceof FencedException) && !isExpected(why)) {
      oracle.problem("a coordinator failed", why);
    }
    if (coordinatorProcess != null && !coordinatorProcess.isAlive()) {
      coordinator = null;
      world.time.after(100, this::startCoordinatorIfNone);
    }
  }

  void crashCoordinator() {
    if (coordinatorProcess != null) {
      coordinatorProcess.crash();
    }
    coordinator = null;
    world.time.after(calm ? 10 : world.time.upTo(3000), this::startCoordinatorIfNone);
  }

  void pauseCoordinator(long durationMs) {
    if (coordinatorProcess != null) {
      coordinatorProcess.pause(durationMs);
    }
  }

  /** The coordinator; null if there is none now. */
  @Nullable Coordinator coordinator() {
    return coordinator == null ? null : coordinator.coordinator();
  }

  /** Begins anew while those of the former timeline go on. */
  void startFrom(JobPlan.Start from) {
    start = from;
    tasks = world.graph.drawTasks(world.time.random());
    oracle.timelineBegun();
    if (coordinatorProcess != null) {
      coordinatorProcess.crash();
    }
    coordinator = null;
    startCoordinator();
  }

  // Containers

  void addContainer() {
    Slot slot = new Slot(slots.size());
    slots.add(slot);
    slot.start();
  }

  private Map<String, String> settings(String disk) {
    Map<String, String> all = new TreeMap<>(settings);
    all.put("job.state.dir", root.resolve(disk).toString());
    all.put("container.workers", Integer.toString(WORKERS));
    tasks.forEach((stage, count) -> all.put("stages." + stage + ".tasks", count.toString()));
    return all;
  }

  private FaultyBlobStore faulty() {
    return new FaultyBlobStore(world.blobs, this::fault);
  }

  private FaultyBlobStore.Fault fault(FaultyBlobStore.Operation operation, String name) {
    FaultyBlobStore.Fault[] faults = FaultyBlobStore.Fault.values();
    return blobFaults > 0 && world.time.chance(blobFaults)
        ? faults[1 + world.time.random().nextInt(faults.length - 1)]
        : FaultyBlobStore.Fault.NONE;
  }

  void setBlobFaults(int perMille) {
    blobFaults = perMille;
  }

  /** From here on nothing goes wrong. */
  void calmDown() {
    calm = true;
    blobFaults = 0;
    commits.late = 0;
    commits.unknown = 0;
    network.setWeather(SimulatedNetwork.Weather.CALM);
  }

  private static boolean isExpected(Throwable failure) {
    return failure instanceof FencedException
        || failure instanceof BlobStoreException
        || (failure instanceof TidemarkException known && EXPECTED.contains(known.code()))
        || (failure instanceof TidemarkException unknown
            && unknown.code().equals(SimulatedJournals.UNKNOWN_OUTCOME)
            && String.valueOf(unknown.getMessage()).contains("is unknown"));
  }

  /** How often each key was counted; null if not all tasks run, once each. */
  @Nullable Map<String, Long> counts() {
    Map<String, Long> found = new TreeMap<>();
    for (Map.Entry<String, Integer> stage : tasks.entrySet()) {
      for (int task = 0; task < stage.getValue(); task++) {
        KeyValueStore<String, Long> store = only(new TaskName(stage.getKey(), task));
        if (store == null) {
          return null;
        }
        try (KeyValueIterator<String, Long> all = store.all()) {
          all.forEachRemaining(
              entry -> found.merge(stage.getKey() + "/" + entry.key(), entry.value(), Long::sum));
        }
      }
    }
    return found;
  }

  private @Nullable KeyValueStore<String, Long> only(TaskName task) {
    KeyValueStore<String, Long> found = null;
    for (Slot slot : slots) {
      KeyValueStore<String, Long> store =
          slot.container == null || !slot.process.isAlive()
              ? null
              : slot.container.store(task, "counts-" + task.stage());
      if (store != null && found != null) {
        return null;
      }
      found = store == null ? found : store;
    }
    return found;
  }

  /** A place where containers live one after another, with a disk. */
  final class Slot {
    private final int number;
    private int lives;
    private String disk;
    private String session = "";
    SimulatedProcess process;
    private final List<Runnable> pending = new ArrayList<>();
    @Nullable SteppedContainer container;

    Slot(int number) {
      this.number = number;
      this.disk = "c" + number + "-0";
      this.process = new SimulatedProcess("c" + number, world.time, failure -> {});
    }

    void start() {
      Random random = world.time.random();
      SimulatedProcess own = new SimulatedProcess("c" + number, world.time, this::failed);
      own.setClockSkew(world.time.upTo(4000) - 2000);
      process = own;
      pending.clear();
      session = Integer.toHexString(0x1000 + sessions++);
      SteppedContainer[] made = new SteppedContainer[1];
      SimulatedJournals journals =
          new SimulatedJournals(
              new MemoryJournals(world.memory),
              world.time,
              own,
              commits,
              bug::sent,
              consumer -> bug.read(consumer, () -> made[0].timeline()));
      Coordination way = bug.coordination(network.of(own), world.time);
      SteppedContainer begun =
          new SteppedContainer(
              new SteppedContainer.Parts(
                  Config.of(settings(disk)),
                  world.graph.code(),
                  Map.of("memory", journals),
                  way,
                  bug.blobs(faulty(), world.time, own),
                  session,
                  random.nextBoolean() ? number : -1,
                  own::tickerMs,
                  own::clockMs,
                  background(own),
                  this::settle));
      made[0] = begun;
      container = begun;
      own.after(world.time.upTo(20), () -> talk(own, begun));
      for (int worker = 0; worker < WORKERS; worker++) {
        work(own, begun, worker);
      }
    }

    private Function<String, Executor> background(SimulatedProcess own) {
      Executor atSomeTime =
          action -> {
            pending.add(action);
            own.after(
                world.time.upTo(calm ? 5 : 200),
                () -> {
                  if (pending.remove(action)) {
                    action.run();
                  }
                });
          };
      Set<String> later = Set.of("restore", "freeze", "snapshot");
      return name -> later.contains(name) ? atSomeTime : Runnable::run;
    }

    private void settle() {
      while (!pending.isEmpty()) {
        pending.remove(0).run();
      }
    }

    private void talk(SimulatedProcess own, SteppedContainer talking) {
      long pauseMs = talking.talk();
      checkEnd(own, talking);
      own.after(Math.max(1, pauseMs) + world.time.upTo(20), () -> talk(own, talking));
    }

    private void work(SimulatedProcess own, SteppedContainer working, int worker) {
      own.after(
          2 + world.time.upTo(20),
          () -> {
            working.work(worker);
            checkEnd(own, working);
            work(own, working, worker);
          });
    }

    private void checkEnd(SimulatedProcess own, SteppedContainer ending) {
      if (ending.isEnded() && own.isAlive()) {
        Throwable why = ending.failure();
        if (why != null && !isExpected(why) && !(isGivenUp() && lacksTrimmed(why))) {
          oracle.problem("container " + number + " failed", why);
        }
        oracle.ended(why);
        own.crash();
        startAgain();
      }
    }

    /** Whether its tasks are others' by now, who trim their journals. */
    private boolean isGivenUp() {
      Coordinator known = coordinator();
      return known == null
          || known.view().containers().stream().noneMatch(other -> other.session().equals(session));
    }

    private static boolean lacksTrimmed(Throwable why) {
      return why instanceof StateException known && known.code().equals("TM-3006");
    }

    private void failed(RuntimeException why) {
      oracle.problem("container " + number + " failed in the background", why);
    }

    private void startAgain() {
      long pauseMs = calm ? 20 : world.time.upTo(2500);
      world.time.after(pauseMs, this::start);
    }

    boolean isUp() {
      return process.isAlive();
    }

    /** Ends the process at once; its disk stays or is lost. */
    void crash(boolean withDisk) {
      if (!process.isAlive()) {
        return;
      }
      process.crash();
      String next = "c" + number + "-" + ++lives;
      if (!withDisk) {
        Disks.copy(root.resolve(disk), root.resolve(next));
      }
      Disks.delete(root.resolve(disk));
      disk = next;
      startAgain();
    }

    void leave() {
      if (container != null) {
        container.leave();
      }
    }
  }
}
