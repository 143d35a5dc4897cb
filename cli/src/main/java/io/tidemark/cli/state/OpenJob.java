package io.tidemark.cli.state;

import io.tidemark.api.ConfigException;
import io.tidemark.api.TaskName;
import io.tidemark.api.TidemarkException;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.Location;
import io.tidemark.cli.options.JobOptions;
import io.tidemark.cli.state.OfflineSource.Choice;
import io.tidemark.cli.state.StateSource.Origin;
import io.tidemark.config.Plugins;
import io.tidemark.container.JobState;
import io.tidemark.rpc.StateClient;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.KeyRange;
import io.tidemark.state.StoreSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** The job that a command looks at. Confined to one thread. */
final class OpenJob implements AutoCloseable {
  /** What takes entries that are read from journals; the command always has it. */
  private static final String SCRATCH_ENGINE = "rocksdb";

  /** Of the error that the job has never answered on this machine. */
  private static final String NEVER_ANSWERED = "TM-7010";

  private final SourceOptions options;
  private final Notes notes;
  private final JobState state;
  private final @Nullable List<TaskName> tasks;
  private final @Nullable CheckpointManifest checkpoint;

  /**
   * @param command the command that was given, with its options
   */
  OpenJob(SourceOptions options, CommandLine command) {
    this.options = options;
    this.notes = Notes.of(command);
    options.check(command);
    tasks = options.tasks(command);
    state = state(options.job(), options.timeline());
    Location location = options.location();
    checkpoint = location == null ? null : load(location);
  }

  private CheckpointManifest load(Location location) {
    try {
      return state.checkpoint(location);
    } catch (RuntimeException e) {
      state.close();
      throw e;
    }
  }

  /**
   * What a job has committed; nothing is open yet.
   *
   * @param timeline the number of one of its timelines; 0 for the one that it is on
   */
  static JobState state(JobOptions options, int timeline) {
    return new JobState(
        options.load(),
        Map.of(),
        Plugins.find(EngineFactory.class, EngineFactory::type, "the engine", SCRATCH_ENGINE),
        System::currentTimeMillis,
        timeline);
  }

  JobState state() {
    return state;
  }

  Notes notes() {
    return notes;
  }

  /** The tasks to look at for a store. */
  List<TaskName> tasks(StoreSpec store) {
    List<TaskName> known = state.tasksOf(store.name(), options.localOnly(), checkpoint);
    if (tasks == null) {
      return known;
    }
    tasks.forEach(task -> requireKnown(state, task, known));
    return tasks;
  }

  /**
   * @throws ConfigException (TM-6013) if a task is none of those that the job has
   */
  static void requireKnown(JobState state, TaskName task, List<TaskName> known) {
    if (!known.contains(task)) {
      throw new ConfigException(
          "TM-6013",
          String.format(
              "the job %s has no task %s; it has %s",
              state.settings().job(),
              task,
              known.size() == 1 ? "only " + known.get(0) : ranges(known)));
    }
  }

  /** Such as {@code parse-0 to parse-3, count-0}. */
  private static String ranges(List<TaskName> known) {
    Map<String, List<TaskName>> byStage =
        known.stream()
            .collect(
                Collectors.groupingBy(
                    TaskName::stage, LinkedHashMap::new, Collectors.toUnmodifiableList()));
    return byStage.values().stream()
        .map(
            tasks ->
                tasks.size() == 1
                    ? tasks.get(0).toString()
                    : tasks.get(0) + " to " + tasks.get(tasks.size() - 1))
        .collect(Collectors.joining(", "));
  }

  /**
   * Where a store's entries are.
   *
   * @param range the keys that will be asked for
   */
  StateSource source(StoreSpec store, KeyRange range) {
    return switch (options.from()) {
      case RUNNING -> {
        StateSource running = running(store);
        if (running == null) {
          throw new ConfigException(
              "TM-6005",
              "no container of the job "
                  + state.settings().job()
                  + " says in "
                  + state.settings().stateDirectory()
                  + " that it runs. If the job is stopped, --from local or --from journal shows its"
                  + " state");
        }
        yield running;
      }
      case AUTO -> {
        StateSource running = options.timeline() == 0 ? runningIfItAnswers(store) : null;
        yield running != null ? running : offline(store, range);
      }
      case LOCAL, JOURNAL, CHECKPOINT -> offline(store, range);
    };
  }

  /** Reads from local directories, the journal and checkpoints. */
  OfflineSource offline(StoreSpec store, KeyRange range) {
    return new OfflineSource(
        state,
        store,
        new Choice(
            options.from(),
            options.localOnly(),
            checkpoint,
            tasks == null ? null : tasks(store),
            range,
            notes));
  }

  private @Nullable StateSource runningIfItAnswers(StoreSpec store) {
    try {
      return running(store);
    } catch (TidemarkException e) {
      if (!e.code().equals(NEVER_ANSWERED)) {
        notes.say(String.valueOf(e.getMessage()));
      }
      return null;
    }
  }

  /**
   * The containers of the running job; null if none says that it runs.
   *
   * @throws TidemarkException if one does, and does not answer
   */
  private @Nullable StateSource running(StoreSpec store) {
    StateClient client = StateClient.ofJob(state.settings()).open();
    boolean handedOn = false;
    try {
      if (!client.isAnnounced()) {
        return null;
      }
      StateSource source = new RunningSource(client, client.describe(), store, tasks);
      handedOn = true;
      return source;
    } finally {
      if (!handedOn) {
        client.close();
      }
    }
  }

  /** Tells where entries came from. */
  void tell(List<Origin> origins) {
    Map<String, List<Origin>> byPlace =
        origins.stream()
            .collect(Collectors.groupingBy(Origin::from, LinkedHashMap::new, Collectors.toList()));
    byPlace.forEach(
        (place, tasksThere) ->
            notes.say(
                "From "
                    + place
                    + ": "
                    + tasksThere.stream()
                        .map(origin -> origin.task() + " at commit " + origin.commit())
                        .collect(Collectors.joining(", "))));
  }

  @Override
  public void close() {
    notes.clear();
    state.close();
  }
}
