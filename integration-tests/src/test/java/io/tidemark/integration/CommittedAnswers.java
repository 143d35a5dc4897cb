package io.tidemark.integration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.journal.Block;
import io.tidemark.journal.BlockDecoder;
import io.tidemark.journal.BlockDecoder.LocatedBlock;
import io.tidemark.journal.JournalRecord;
import io.tidemark.journal.StoreChanges;
import io.tidemark.state.StoredValue;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * What a job's containers have answered, to be compared with its journal: each answer names a
 * commit, and the journal says what that commit's state was. Any thread may add answers.
 */
final class CommittedAnswers {
  private final Map<String, Map<Long, Queue<Answer>>> byTask = new ConcurrentHashMap<>();
  private final AtomicLong count = new AtomicLong();

  /** Values of keys at one commit; null where there is none. If complete, there are no others. */
  private record Answer(Map<String, @Nullable Long> values, boolean complete) {}

  void add(String task, long commit, Map<String, @Nullable Long> values, boolean complete) {
    byTask
        .computeIfAbsent(task, name -> new ConcurrentHashMap<>())
        .computeIfAbsent(commit, number -> new ConcurrentLinkedQueue<>())
        .add(new Answer(values, complete));
    count.incrementAndGet();
  }

  long count() {
    return count.get();
  }

  /** Replays the journals of a job that does not run any more, and compares every answer. */
  void assertTheyAreWhatWasCommitted(CountingJob job) {
    Map<Integer, BlockDecoder> decoders = new HashMap<>();
    Map<Integer, Map<String, Long>> states = new HashMap<>();
    AtomicLong compared = new AtomicLong();
    try (CommittedRecords<byte[]> journal = job.journalRecords(new ByteArrayDeserializer())) {
      journal.readToEnd(
          record -> {
            int partition = record.partition();
            LocatedBlock located =
                decoders
                    .computeIfAbsent(partition, p -> new BlockDecoder("journal " + p))
                    .add(new JournalRecord(record.offset(), record.value()));
            if (located != null) {
              Map<String, Long> state = states.computeIfAbsent(partition, p -> new HashMap<>());
              apply(located.block(), state);
              compared.addAndGet(compare("main-" + partition, located.block().number(), state));
            }
          });
    }
    // What was asked before the first commit of a task.
    byTask.keySet().forEach(task -> compared.addAndGet(compare(task, 0, Map.of())));
    assertThat(compared.get())
        .as("answers of commits that the journal has; there are answers of %s", commits())
        .isEqualTo(count());
  }

  /** For each task the commits of which there are answers. */
  private Map<String, TreeSet<Long>> commits() {
    Map<String, TreeSet<Long>> commits = new TreeMap<>();
    byTask.forEach((task, answers) -> commits.put(task, new TreeSet<>(answers.keySet())));
    return commits;
  }

  private static void apply(Block block, Map<String, Long> state) {
    for (StoreChanges changes : block.stores()) {
      for (StoreChanges.Cursor change = changes.cursor(); change.next(); ) {
        String key =
            new String(change.array(), change.keyOffset() + 2, change.keyLength() - 2, UTF_8);
        if (change.valueLength() < 0) {
          state.remove(key);
        } else {
          byte[] stored =
              Arrays.copyOfRange(
                  change.array(),
                  change.valueOffset(),
                  change.valueOffset() + change.valueLength());
          state.put(key, ByteBuffer.wrap(StoredValue.payload(stored)).getLong());
        }
      }
    }
  }

  private long compare(String task, long commit, Map<String, Long> state) {
    Queue<Answer> answers =
        byTask.getOrDefault(task, Map.of()).getOrDefault(commit, new ConcurrentLinkedQueue<>());
    for (Answer answer : answers) {
      answer.values.forEach(
          (key, value) ->
              assertThat(Objects.equals(value, state.get(key)))
                  .as("%s of %s at commit %d: %s, not %s", key, task, commit, value, state.get(key))
                  .isTrue());
      if (answer.complete) {
        assertThat(answer.values).as("%s at commit %d", task, commit).hasSize(state.size());
      }
    }
    return answers.size();
  }
}
