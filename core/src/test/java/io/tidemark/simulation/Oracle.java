package io.tidemark.simulation;

import io.tidemark.api.TidemarkException;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.MemoryBlobStore;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.checkpoint.Timeline.StagePlan;
import io.tidemark.checkpoint.Verifier;
import io.tidemark.coordinator.ContainerStatus;
import io.tidemark.coordinator.Coordination;
import io.tidemark.coordinator.Orders;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockDecoder;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalRecord;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.system.MemoryRecord;
import io.tidemark.system.MemorySystem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says what must hold, whatever goes wrong. The first thing that does not ends the simulation. */
final class Oracle {
  private static final Pattern WRITER = Pattern.compile(".*-c(\\d+)-[0-9a-f]+-w\\d+");

  private final Map<String, Integer> assigned = new HashMap<>();
  private final Map<String, List<StagePlan>> divisions = new TreeMap<>();
  private final Set<Location> verified = new HashSet<>();
  private final Map<String, Integer> ends = new TreeMap<>();
  private boolean severalTimelines;

  /** Something that may not be. */
  static final class Violation extends AssertionError {
    private static final long serialVersionUID = 1;

    Violation(String what, @Nullable Throwable cause) {
      super(what, cause);
    }
  }

  void problem(String what, @Nullable Throwable cause) {
    throw new Violation(what + (cause == null ? "" : ": " + cause), cause);
  }

  /** A timeline was begun from a checkpoint, while containers of the former one may go on. */
  void timelineBegun() {
    severalTimelines = true;
  }

  /** Counts what containers ended of. */
  void ended(@Nullable Throwable why) {
    String what = "in order";
    if (why != null) {
      what = why instanceof TidemarkException known ? known.code() : why.getClass().getName();
    }
    ends.merge(what, 1, Integer::sum);
  }

  Map<String, Integer> ends() {
    return ends;
  }

  /** A coordinator that is watched: a generation of a task is given to one container only. */
  Coordination watching(Coordination coordinator) {
    return new Coordination() {
      @Override
      public Orders exchange(ContainerStatus status) {
        Orders orders = coordinator.exchange(status);
        divided(orders.timeline());
        orders
            .tasks()
            .forEach(
                (task, wanted) -> {
                  String assignment =
                      orders.timeline().journal() + " " + task + " " + wanted.generation();
                  Integer other = assigned.putIfAbsent(assignment, orders.container());
                  if (other != null && other != orders.container()) {
                    problem(
                        assignment + " was given to " + other + " and " + orders.container(), null);
                  }
                });
        return orders;
      }

      @Override
      public void close() {}
    };
  }

  private void divided(Timeline timeline) {
    List<StagePlan> known = divisions.putIfAbsent(timeline.journal(), timeline.stages());
    if (known != null && !known.equals(timeline.stages())) {
      problem(timeline.journal() + " is of " + timeline.stages() + " and of " + known, null);
    }
  }

  /** All checkpoints are whole as soon as they are complete. */
  void verifyNew(MemoryBlobStore blobs) {
    Catalog catalog = new Catalog(blobs);
    for (Catalog.Entry entry : catalog.list()) {
      if (verified.add(entry.location())) {
        verify(blobs, catalog, entry.location());
      }
    }
  }

  /** All checkpoints that are there are whole. */
  void verifyAll(MemoryBlobStore blobs) {
    verified.clear();
    verifyNew(blobs);
  }

  private void verify(MemoryBlobStore blobs, Catalog catalog, Location location) {
    Verifier.Result result = new Verifier(blobs, catalog).verify(location);
    if (!result.isSound()) {
      problem(location + " is not whole: " + result.problems(), null);
    }
  }

  /** Of owners of a task each has a higher generation than those before, and was given the task. */
  void checkJournals(MemorySystem memory) {
    divisions.forEach(
        (journal, stages) -> {
          boolean isThere = memory.admin().partitionCounts(List.of(journal)).containsKey(journal);
          int partition = 0;
          for (StagePlan stage : stages) {
            for (int task = 0; isThere && task < stage.tasks(); task++) {
              checkJournal(memory, journal, partition++, stage.name() + "-" + task);
            }
          }
        });
  }

  private void checkJournal(MemorySystem memory, String journal, int partition, String task) {
    try (JournalReader reader = new MemoryJournals(memory).journal(journal).reader()) {
      BlockDecoder decoder = new BlockDecoder(journal);
      reader.seek(partition, reader.oldest(partition));
      Block last = null;
      for (List<JournalRecord> records = reader.poll(Duration.ZERO);
          !records.isEmpty();
          records = reader.poll(Duration.ZERO)) {
        for (JournalRecord record : records) {
          BlockDecoder.LocatedBlock located = decoder.add(record);
          if (located != null) {
            check(located.block(), last, journal + " " + task);
            last = located.block();
          }
        }
      }
    }
  }

  private void check(Block block, @Nullable Block last, String task) {
    if (block.opening() != null) {
      Matcher writer = WRITER.matcher(block.writer());
      Integer owner = assigned.get(task + " " + block.generation());
      if (!writer.matches() || owner == null || owner != Integer.parseInt(writer.group(1))) {
        problem(
            task
                + " was opened by "
                + block.writer()
                + " as generation "
                + block.generation()
                + ", which was given to container "
                + owner,
            null);
      }
    }
    if (last == null) {
      return;
    }
    boolean grows =
        block.opening() != null
            ? block.generation() > last.generation()
            : block.generation() == last.generation() && block.writer().equals(last.writer());
    if (!grows || block.number() != last.number() + 1) {
      problem(
          String.format(
              "%s has block %d of generation %d by %s after block %d of generation %d by %s",
              task,
              block.number(),
              block.generation(),
              block.writer(),
              last.number(),
              last.generation(),
              last.writer()),
          null);
    }
  }

  /** Each count was sent once, in order; from several timelines, at least once. */
  void checkOutputs(MemorySystem memory, Map<String, Long> expected) {
    Map<String, Long> last = new TreeMap<>();
    Map<String, Set<Long>> values = new TreeMap<>();
    for (MemoryRecord record : memory.records("out", 0)) {
      String key = new String(record.key(), StandardCharsets.UTF_8);
      long value = Long.parseLong(new String(record.value(), StandardCharsets.UTF_8));
      long before = last.getOrDefault(key, 0L);
      if (!severalTimelines && value != before + 1) {
        problem(key + " was sent as " + value + " after " + before, null);
      }
      last.put(key, value);
      values.computeIfAbsent(key, k -> new TreeSet<>()).add(value);
    }
    Map<String, Long> found = new TreeMap<>();
    values.forEach((key, all) -> found.put(key, (long) all.size()));
    if (!found.equals(expected)) {
      problem("outputs are " + found + " and should be " + expected, null);
    }
  }
}
