package io.tidemark.container;

import io.tidemark.api.ConfigException;
import io.tidemark.api.TaskName;
import io.tidemark.api.TidemarkException;
import io.tidemark.config.JobSettings;
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
  private @Nullable JobGraph graph;
  private @Nullable Journal journal;
  private @Nullable JournalReader reader;

  /**
   * @param given systems that are given rather than opened, by name
   */
  TaskJournals(JobSettings settings, Map<String, StreamSystem> given) {
    this.settings = settings;
    this.systems = new OpenSystems(settings, given);
  }

  /** The name of the log that has them. */
  public String name() {
    return settings.journal();
  }

  /**
   * How many tasks have one; 0 if the job has never run.
   *
   * @throws TidemarkException (TM-6006) if the system cannot be reached
   */
  public int count() {
    return reached(
        () ->
            journalSystem()
                .admin()
                .partitionCounts(List.of(settings.journal()))
                .getOrDefault(settings.journal(), 0));
  }

  /**
   * The tasks that have one, in the order of its partitions; none if the job has never run.
   *
   * @throws TidemarkException (TM-6006) if a system cannot be reached, (TM-1062) if the journal is
   *     of other stages
   */
  List<TaskName> tasks() {
    int count = count();
    if (settings.stages().size() == 1) {
      String stage = settings.stages().get(0).name();
      return IntStream.range(0, count).mapToObj(task -> new TaskName(stage, task)).toList();
    }
    List<TaskName> tasks =
        count == 0 ? List.of() : graph().tasks().stream().map(JobGraph.PlacedTask::name).toList();
    if (tasks.size() != count) {
      throw new ConfigException(
          "TM-1062",
          String.format(
              "the journal %s is of %d tasks, and the stages of the configuration have %d. See that"
                  + " the configuration is the job's own",
              settings.journal(), count, tasks.size()));
    }
    return tasks;
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

  /** The partition of the log that has a task's journal: its place among all tasks. */
  private int partition(TaskName task) {
    if (settings.stages().size() == 1) {
      return task.partition();
    }
    return graph().tasks().stream()
        .filter(placed -> placed.name().equals(task))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("the job has no task " + task))
        .journalPartition();
  }

  private BlockReader read(TaskName task, int partition, long position) {
    return new BlockReader(
        reader(), partition, "journal " + settings.journal() + " of task " + task, position);
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
                settings.journal(), e.getMessage()),
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
      Journal opened = journals.journal(settings.journal());
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
