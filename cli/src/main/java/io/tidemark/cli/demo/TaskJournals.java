package io.tidemark.cli.demo;

import io.tidemark.journal.BlockDecoder;
import io.tidemark.journal.BlockDecoder.LocatedBlock;
import io.tidemark.journal.JournalRecord;
import io.tidemark.state.StateCopy;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/**
 * The journals of all tasks, read from their topic: what state they make up, and when each commit
 * was made. Confined to one thread.
 */
final class TaskJournals {
  private final List<TaskJournal> tasks;

  private static final class TaskJournal {
    private final BlockDecoder decoder;
    private final StateCopy state = StateCopy.empty();
    private final List<Instant> commits = new ArrayList<>();

    TaskJournal(String name) {
      decoder = new BlockDecoder(name);
    }
  }

  /** Reads journals of so many tasks. */
  static TaskJournals read(Topics topics, String topic, int tasks) {
    TaskJournals journals = new TaskJournals(topic, tasks);
    topics.read(topic, journals::add);
    return journals;
  }

  TaskJournals(String topic, int tasks) {
    this.tasks =
        IntStream.range(0, tasks).mapToObj(i -> new TaskJournal(topic + "[" + i + "]")).toList();
  }

  /** Takes the next record of a journal. */
  void add(ConsumerRecord<byte[], byte[]> record) {
    TaskJournal task = tasks.get(record.partition());
    LocatedBlock located =
        task.decoder.add(
            new JournalRecord(record.offset(), Objects.requireNonNull(record.value())));
    if (located != null) {
      task.state.apply(located.block());
      if (located.block().opening() == null) {
        task.commits.add(Instant.ofEpochMilli(record.timestamp()));
      }
    }
  }

  /** The state of a task as of its last commit. */
  StateCopy state(int task) {
    return tasks.get(task).state;
  }

  /** How many commits of tasks there are, those left out by which a task was only taken over. */
  long commits() {
    return tasks.stream().mapToLong(task -> task.commits.size()).sum();
  }

  /**
   * How long it took after an incident until the last of some tasks committed again, those left out
   * that had nothing more to commit; empty if none had.
   */
  Optional<Duration> stoodStill(Instant incident, List<Integer> affected) {
    return affected.stream()
        .flatMap(task -> tasks.get(task).commits.stream().filter(incident::isBefore).limit(1))
        .max(Comparator.naturalOrder())
        .map(next -> Duration.between(incident, next));
  }
}
