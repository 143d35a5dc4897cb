package io.tidemark.container;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.PartitioningKey;
import io.tidemark.api.Serde;
import io.tidemark.api.StateException;
import io.tidemark.api.TaskName;
import io.tidemark.api.TidemarkException;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.SnapshotRestorer;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.config.JobSettings;
import io.tidemark.config.Nearest;
import io.tidemark.config.Plugins;
import io.tidemark.config.Serdes;
import io.tidemark.config.StageDefinition;
import io.tidemark.config.StoreDefinition;
import io.tidemark.config.StoreScope;
import io.tidemark.state.CacheMode;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.StoreSpec;
import io.tidemark.system.StreamSystem;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a job has committed on one of its timelines, as its journal, its local directories and its
 * checkpoints tell, looked at from outside of its containers. Changes nothing of it. Confined to
 * one thread.
 */
public final class JobState implements AutoCloseable {
  private final JobSettings settings;
  private final Serdes serdes;
  private final ScratchEngines scratch;
  private final LongSupplier clock;
  private final Map<String, EngineFactory> engines = new HashMap<>();
  private final JobCheckpoints checkpoints;
  private final TaskJournals journals;

  /**
   * Opens nothing yet.
   *
   * @param config the job's
   * @param systems systems that are given rather than opened, by name
   * @param scratchEngines of the type of engine that takes what is read from journals, closed with
   *     this
   * @param clock milliseconds since 1970, by which entries expire
   */
  public JobState(
      Config config,
      Map<String, StreamSystem> systems,
      EngineFactory scratchEngines,
      LongSupplier clock) {
    this(config, systems, scratchEngines, clock, 0);
  }

  /**
   * The same, of one of the job's timelines.
   *
   * @param timeline its number; 0 for the one that the job is on
   */
  public JobState(
      Config config,
      Map<String, StreamSystem> systems,
      EngineFactory scratchEngines,
      LongSupplier clock,
      int timeline) {
    this.settings = JobSettings.parse(config).withoutBroadcastStores();
    this.serdes = new Serdes(config);
    this.scratch = new ScratchEngines(scratchEngines);
    this.checkpoints =
        new JobCheckpoints(settings, type -> engine(type, "the engine of the checkpoint"), scratch);
    this.journals =
        new TaskJournals(settings, systems, new Timelines(settings, checkpoints), timeline);
    this.clock = clock;
  }

  /** The configuration, parsed. */
  public JobSettings settings() {
    return settings;
  }

  /** The journals of its tasks. */
  public TaskJournals journals() {
    return journals;
  }

  /**
   * A store's serdes and what else is known of it.
   *
   * @throws ConfigException (TM-6001) if the job has no such store
   */
  @SuppressWarnings("unchecked") // the store's keys and values are the serdes'
  public StoreSpec store(String name) {
    StoreDefinition store = settings.stores().get(name);
    if (store == null) {
      throw new ConfigException(
          "TM-6001",
          "the job "
              + settings.job()
              + " has no store "
              + name
              + Nearest.question(name, settings.stores().keySet())
              + " (It has "
              + (settings.stores().isEmpty()
                  ? "none"
                  : String.join(", ", new TreeSet<>(settings.stores().keySet())))
              + ".)");
    }
    String prefix = "stores." + name;
    String partitioningKey = store.partitioningKey();
    return new StoreSpec(
        name,
        store.factory(),
        (Serde<Object>) serdes.create(prefix + ".key.serde", store.keySerde()),
        (Serde<Object>) serdes.create(prefix + ".msg.serde", store.msgSerde()),
        partitioningKey == null
            ? null
            : (PartitioningKey<Object>)
                Plugins.create(
                    PartitioningKey.class, prefix + ".partitioning.key", partitioningKey),
        store.scope() == StoreScope.PARTITION,
        CacheMode.OFF,
        store.ttlMs(),
        store.maxValueBytes(),
        store.properties());
  }

  /**
   * Its tasks: those that the journal has partitions for, or, if that cannot be reached, those that
   * have local directories and the ones before them.
   *
   * @param localOnly whether not to ask the journal
   * @throws StateException (TM-6002) if the job never ran
   * @throws TidemarkException (TM-6006) if the journal cannot be reached and nothing is local
   */
  public List<TaskName> tasks(boolean localOnly) {
    List<TaskName> tasks = localOnly ? localTasks() : tasks();
    if (tasks.isEmpty()) {
      throw new StateException(
          "TM-6002",
          String.format(
              "the job %s has no state: there is %s, and no task's directory in %s. Has it run yet?"
                  + " If so, see that job.name, job.id and job.state.dir are what they were then",
              settings.job(),
              localOnly ? "no journal asked for" : "no journal " + journals.name(),
              settings.stateDirectory().resolve(settings.job())));
    }
    return tasks;
  }

  /**
   * Those of its tasks that have a store, as {@link #tasks}.
   *
   * @param checkpoint the one whose tasks are meant; null for those of the timeline
   */
  public List<TaskName> tasksOf(
      String store, boolean localOnly, @Nullable CheckpointManifest checkpoint) {
    StageDefinition stage = settings.stageOf(store);
    List<TaskName> tasks =
        checkpoint == null
            ? tasks(localOnly)
            : checkpoint.tasks().stream().map(TaskManifest::task).toList();
    return tasks.stream()
        .filter(task -> stage == null || task.stage().equals(stage.name()))
        .toList();
  }

  private List<TaskName> tasks() {
    try {
      List<TaskName> tasks = journals.tasks();
      return tasks.isEmpty() ? localTasks() : tasks;
    } catch (TidemarkException e) {
      List<TaskName> local = localTasks();
      if (local.isEmpty()) {
        throw e;
      }
      return local;
    }
  }

  /** The tasks of the job, as far as its metadata tells, or else the directories here. */
  private List<TaskName> localTasks() {
    List<TaskName> known = journals.knownTasks();
    if (!known.isEmpty()) {
      return known;
    }
    List<TaskName> tasks = new ArrayList<>();
    Path job = settings.stateDirectory().resolve(settings.job());
    if (Files.isDirectory(job)) {
      for (StageDefinition stage : settings.stages()) {
        int count = localTasks(job, stage);
        IntStream.range(0, count).forEach(task -> tasks.add(new TaskName(stage.name(), task)));
      }
    }
    return tasks;
  }

  private static int localTasks(Path job, StageDefinition stage) {
    Pattern directoryName = Pattern.compile(Pattern.quote(stage.name()) + "-(\\d{1,6})");
    try (Stream<Path> directories = Files.list(job)) {
      return directories
          .map(directory -> directoryName.matcher(directory.getFileName().toString()))
          .filter(Matcher::matches)
          .mapToInt(task -> Integer.parseInt(task.group(1)) + 1)
          .max()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * What a task that does not run has on this machine.
   *
   * @return empty if it has nothing here, or what another timeline has left
   * @throws StateException (TM-3002) if the task runs, or (TM-3003) what is here is damaged
   */
  public Optional<LocalTask> local(TaskName task) {
    LocalTask found =
        LocalTask.open(
            settings, task, store -> engine(store.engine(), "stores." + store.name() + ".factory"));
    if (found != null && !isOfTimeline(found)) {
      found.close();
      return Optional.empty();
    }
    return Optional.ofNullable(found);
  }

  private boolean isOfTimeline(LocalTask found) {
    String journal = journals.knownName();
    return !SnapshotRestorer.isUnforced(found.path())
        && (journal == null || journal.equals(found.identity().journal()));
  }

  private EngineFactory engine(String type, String key) {
    return engines.computeIfAbsent(
        type, wanted -> Plugins.find(EngineFactory.class, EngineFactory::type, key, wanted));
  }

  /**
   * A checkpoint or savepoint of the job.
   *
   * @throws TidemarkException (TM-8232) if there is none
   */
  public CheckpointManifest checkpoint(Location location) {
    return checkpoints.load(location);
  }

  /**
   * A store of a task as it is committed now.
   *
   * @param local what is here of the task; null to rebuild all from the journal, and from a
   *     checkpoint what the journal does not have. Closed by the caller, and later than the store
   * @param use what of it is wanted, and how
   */
  public CommittedTask open(
      TaskName task, StoreSpec store, @Nullable LocalTask local, CommittedTask.Use use) {
    return CommittedTask.open(origin(task, store, local), use);
  }

  /** A store of a task as it was at a checkpoint's cut. */
  public CommittedTask openAt(
      TaskName task, StoreSpec store, CheckpointManifest checkpoint, CommittedTask.Use use) {
    return CommittedTask.open(origin(task, store, null), checkpoint, use);
  }

  private CommittedTask.Origin origin(TaskName task, StoreSpec store, @Nullable LocalTask local) {
    return new CommittedTask.Origin(
        task, store, local, journals, checkpoints, scratch, clock.getAsLong());
  }

  @Override
  public void close() {
    try {
      journals.close();
      checkpoints.close();
    } finally {
      engines.values().forEach(EngineFactory::close);
      engines.clear();
      scratch.close();
    }
  }
}
