package io.tidemark.container;

import io.tidemark.api.ConfigException;
import io.tidemark.api.TaskName;
import io.tidemark.api.TidemarkException;
import io.tidemark.config.JobSettings;
import io.tidemark.config.Plugins;
import io.tidemark.config.SystemDefinition;
import io.tidemark.journal.BlockReader;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalFactory;
import io.tidemark.journal.JournalReader;
import io.tidemark.system.StreamSystem;
import io.tidemark.system.SystemFactory;
import io.tidemark.system.SystemSettings;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The journals of a job's tasks, for who looks at them from outside of the job. Connects with the
 * first call, and creates nothing. Confined to one thread.
 */
public final class TaskJournals implements AutoCloseable {
  private final JobSettings settings;
  private final Map<String, StreamSystem> given;
  private @Nullable JournalFactory system;
  private @Nullable Journal journal;
  private @Nullable JournalReader reader;

  /**
   * @param given systems that are given rather than opened, by name
   */
  TaskJournals(JobSettings settings, Map<String, StreamSystem> given) {
    this.settings = settings;
    this.given = Map.copyOf(given);
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
            system()
                .admin()
                .partitionCounts(List.of(settings.journal()))
                .getOrDefault(settings.journal(), 0));
  }

  /**
   * The blocks of a task, from the oldest.
   *
   * @throws TidemarkException (TM-6006) if the system cannot be reached
   */
  public BlockReader read(TaskName task) {
    return reached(() -> read(task, reader().oldest(task.partition())));
  }

  /**
   * The blocks of a task from one whose position is known.
   *
   * @throws io.tidemark.api.StateException (TM-3006) if the journal does not have that position
   * @throws TidemarkException (TM-6006) if the system cannot be reached
   */
  BlockReader readFrom(TaskName task, long position) {
    return reached(() -> read(task, position));
  }

  /** A job has one stage, so that a task's journal is the partition of its input's. */
  private BlockReader read(TaskName task, long position) {
    return new BlockReader(
        reader(), task.partition(), "journal " + settings.journal() + " of task " + task, position);
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
      Journal opened = system().journal(settings.journal());
      journal = opened;
      current = opened.reader();
      reader = current;
    }
    return current;
  }

  private JournalFactory system() {
    JournalFactory current = system;
    if (current == null) {
      String name = settings.journalSystem();
      StreamSystem opened = given.get(name);
      if (opened == null) {
        opened = open(Objects.requireNonNull(settings.systems().get(name)));
      }
      if (!(opened instanceof JournalFactory journals)) {
        throw new ConfigException("TM-1014", "the system " + name + " cannot hold journals");
      }
      current = journals;
      system = current;
    }
    return current;
  }

  private StreamSystem open(SystemDefinition definition) {
    SystemFactory factory =
        Plugins.find(
            SystemFactory.class,
            SystemFactory::type,
            "systems." + definition.name() + ".factory",
            definition.factory());
    return factory.open(
        new SystemSettings(definition.name(), settings.job(), definition.properties()));
  }

  @Override
  public void close() {
    if (reader != null) {
      reader.close();
    }
    if (journal != null) {
      journal.close();
    }
    if (system != null && !given.containsKey(settings.journalSystem())) {
      system.close();
    }
  }
}
