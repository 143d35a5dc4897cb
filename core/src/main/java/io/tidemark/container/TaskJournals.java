package io.tidemark.container;

import io.tidemark.api.ConfigException;
import io.tidemark.api.TaskName;
import io.tidemark.api.TidemarkException;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.checkpoint.Timeline.StagePlan;
import io.tidemark.config.JobSettings;
import io.tidemark.journal.BlockDecoder.LocatedBlock;
import io.tidemark.journal.BlockReader;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalFactory;
import io.tidemark.journal.JournalReader;
import io.tidemark.system.StreamSystem;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The journals of a job's tasks, for who looks at them from outside of the job. Connects with the
 * first call, and creates nothing. Confined to one thread.
 */
public final class TaskJournals implements AutoCloseable {
  private final JobSettings settings;
  private final OpenSystems systems;
  private final Timelines timelines;
  private final int wanted;
  private @Nullable Timeline timeline;
  private @Nullable JobGraph graph;
  private @Nullable Journal journal;
  private @Nullable JournalReader reader;

  /**
   * @param given systems that are given rather than opened, by name
   * @param wanted the number of the timeline whose journals they are; 0 for the one that the job is
   *     on
   */
  TaskJournals(
      JobSettings settings, Map<String, StreamSystem> given, Timelines timelines, int wanted) {
    this.settings = settings;
    this.systems = new OpenSystems(settings, given);
    this.timelines = timelines;
    this.wanted = wanted;
  }

  /** The timeline whose journals they are; without stages if only the journal itself is known. */
  Timeline timeline() {
    Timeline known = timeline;
    if (known == null) {
      known = timelines.get(wanted, name -> count(name) > 0);
      timeline = known;
    }
    return known;
  }

  /**
   * The name of the log that has them, as far as it is known without asking the system; null if it
   * is not.
   */
  @Nullable String knownName() {
    Timeline known = timeline != null ? timeline : timelines.known(wanted);
    if (known != null) {
      timeline = known;
      return known.journal();
    }
    return wanted == 0 ? null : Timeline.journal(settings.journal(), wanted);
  }

  /** The tasks of the timeline, as far as they are known without asking the system. */
  List<TaskName> knownTasks() {
    return knownName() == null || timeline == null ? List.of() : placed(timeline.stages());
  }

  /** The name of the log that has them. */
  public String name() {
    return timeline().journal();
  }

  /**
   * How many tasks have one; 0 if the job has never run.
   *
   * @throws TidemarkException (TM-6006) if the system cannot be reached
   */
  public int count() {
    return count(name());
  }

  private int count(String journalName) {
    return reached(
        () ->
            journalSystem()
                .admin()
                .partitionCounts(List.of(journalName))
                .getOrDefault(journalName, 0));
  }

  /**
   * The tasks that have one, in the order of its partitions; none if the job has never run.
   *
   * @throws TidemarkException (TM-6006) if a system cannot be reached, (TM-1062) if the journal is
   *     of other stages
   */
  List<TaskName> tasks() {
    int count = count();
    if (timeline().stages().isEmpty() && settings.stages().size() == 1) {
      String stage = settings.stages().get(0).name();
      return IntStream.range(0, count).mapToObj(task -> new TaskName(stage, task)).toList();
    }
    List<TaskName> tasks = count == 0 && !isBegun() ? List.of() : placed();
    if (count != 0 && tasks.size() != count) {
      throw new ConfigException(
          "TM-1062",
          String.format(
              "the journal %s is of %d tasks, and the job's stages have %d. See that"
                  + " the configuration is the job's own",
              name(), count, tasks.size()));
    }
    return tasks;
  }

  /** Whether the timeline was begun from a checkpoint: then it has state before its journal. */
  private boolean isBegun() {
    return timeline().origins().stream()
        .anyMatch(origin -> origin.timeline() == timeline().number() && origin.checkpoint() != 0);
  }

  /** All tasks of all stages, each in the place of its partition. */
  private List<TaskName> placed() {
    List<StagePlan> stages = timeline().stages();
    return placed(stages.isEmpty() ? graph().plan() : stages);
  }

  private static List<TaskName> placed(List<StagePlan> stages) {
    return stages.stream()
        .flatMap(
            stage ->
                IntStream.range(0, stage.tasks())
                    .mapToObj(task -> new TaskName(stage.name(), task)))
        .toList();
  }

  private JobGraph graph() {
    JobGraph known = graph;
    if (known == null) {
      known = reached(() -> JobGraph.of(settings, systems::get));
      graph = known;
    }
    return known;
  }

  /**
   * The blocks of a task, from the oldest.
   *
   * @throws TidemarkException (TM-6006) if the system cannot be reached
   */
  public BlockReader read(TaskName task) {
    int partition = partition(task);
    return reached(() -> read(task, partition, reader().oldest(partition)));
  }

  /**
   * The blocks of a task from one whose position is known.
   *
   * @throws io.tidemark.api.StateException (TM-3006) if the journal does not have that position
   * @throws TidemarkException (TM-6006) if the system cannot be reached
   */
  BlockReader readFrom(TaskName task, long position) {
    int partition = partition(task);
    return reached(() -> read(task, partition, position));
  }

  /** The number of the oldest block of a task; null if there is none. */
  @Nullable Long first(TaskName task) {
    LocatedBlock first = count() == 0 ? null : read(task).next();
    return first == null ? null : first.block().number();
  }

  /** The partition of the log that has a task's journal: its place among all tasks. */
  private int partition(TaskName task) {
    if (timeline().stages().isEmpty() && settings.stages().size() == 1) {
      return task.partition();
    }
    int place = placed().indexOf(task);
    if (place < 0) {
      throw new IllegalArgumentException("the job has no task " + task);
    }
    return place;
  }

  private BlockReader read(TaskName task, int partition, long position) {
    return new BlockReader(reader(), partition, "journal " + name() + " of task " + task, position);
  }

  private <T> T reached(Supplier<T> call) {
    try {
      return call.get();
    } catch (ConfigException e) {
      throw e;
    } catch (TidemarkException e) {
      if (e.code().startsWith("TM-20")) {
        throw new TidemarkException(
            "TM-6006",
            String.format(
                "the journal %s cannot be read: %s. With --local-only, local directories of a"
                    + " stopped job are shown without it",
                timeline == null ? settings.journal() : name(), e.getMessage()),
            e);
      }
      throw e;
    }
  }

  private JournalReader reader() {
    JournalReader current = reader;
    if (current == null) {
      if (!(journalSystem() instanceof JournalFactory journals)) {
        throw new ConfigException(
            "TM-1014", "the system " + settings.journalSystem() + " cannot hold journals");
      }
      Journal opened = journals.journal(name());
      journal = opened;
      current = opened.reader();
      reader = current;
    }
    return current;
  }

  private StreamSystem journalSystem() {
    return systems.get(settings.journalSystem());
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
    }
    if (journal != null) {
      journal.close();
    }
    systems.close();
  }
}
