package io.tidemark.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Config;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.system.MemoryRecord;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.SystemProducer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Any graph of stages, cycles among them, whose job is killed again and again, counts each record
 * once at each stage that it comes to.
 */
@Timeout(120)
class RandomStagesTest {
  private static final int RUNS = 60;
  private static final int KEYS = 12;

  @TempDir Path directory;

  @Test
  void whateverTheGraphAndWheneverItIsKilledCountsAreExact() {
    long first = Long.getLong("tidemark.seed", System.nanoTime());
    int runs = Long.getLong("tidemark.seed") == null ? RUNS : 1;
    for (long seed = first; seed < first + runs; seed++) {
      try {
        new Run(new Random(seed), directory.resolve("run-" + (seed - first))).run();
      } catch (Throwable e) {
        throw new AssertionError("with -Dtidemark.seed=" + seed + ": " + e, e);
      }
    }
  }

  /** Counts what comes, and sends it on with one hop less. */
  private static final class Hop implements StreamTask, InitableTask {
    private final String stage;
    private final List<String> outputs;
    private KeyValueStore<String, Long> counts;

    @SuppressWarnings("NullAway.Init")
    Hop(String stage, List<String> outputs) {
      this.stage = stage;
      this.outputs = outputs;
    }

    @Override
    public void init(Context context) {
      counts = context.getTaskContext().getStore("counts-" + stage);
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      String key = (String) envelope.getKey();
      int hops = Integer.parseInt((String) envelope.getMessage());
      long count = counts.merge(key, 1L, Long::sum);
      collector.send(
          new OutgoingMessageEnvelope(
              new SystemStream("memory", "out"), stage + "/" + key, Long.toString(count)));
      if (hops > 0) {
        for (String output : outputs) {
          collector.send(
              new OutgoingMessageEnvelope(
                  new SystemStream("memory", output), key, Integer.toString(hops - 1)));
        }
      }
    }
  }

  /** One graph, its input, and what has to come of it. */
  private static final class Run {
    private final Random random;
    private final MemorySystem memory = new MemorySystem("memory");
    private final Map<String, String> settings = new TreeMap<>();
    private final Map<String, List<String>> outputs = new TreeMap<>();
    private final Map<String, String> readers = new TreeMap<>();
    private final Map<String, Integer> partitions = new TreeMap<>();
    private final Map<String, Supplier<?>> code = new TreeMap<>();
    private final Map<String, Long> expected = new TreeMap<>();
    private long nowMs;
    private long checkpoint;

    Run(Random random, Path directory) {
      this.random = random;
      settings.put("job.name", "graph");
      settings.put("job.state.dir", directory.toString());
      settings.put("task.commit.ms", "10");
      settings.put("container.workers", Integer.toString(1 + random.nextInt(3)));
      settings.put("systems.memory.factory", "memory");
      settings.put("systems.memory.key.serde", "string");
      settings.put("systems.memory.msg.serde", "string");
      makeGraph();
    }

    private void makeGraph() {
      int stages = 1 + random.nextInt(4);
      for (int i = 0; i < stages; i++) {
        String stage = "s" + i;
        int count = 1 + random.nextInt(3);
        partitions.put(stage, count);
        outputs.put(stage, new ArrayList<>());
        List<String> inputs = new ArrayList<>();
        if (i == 0 || random.nextInt(3) == 0) {
          inputs.add("in-" + i);
          memory.admin().create(new StreamSpec("in-" + i, count, Map.of()));
        }
        for (int j = 0; j < 1 + random.nextInt(2); j++) {
          inputs.add("between-" + i + "-" + j);
          settings.put("streams.between-" + i + "-" + j + ".intermediate", "true");
          settings.put("streams.between-" + i + "-" + j + ".partitions", Integer.toString(count));
        }
        inputs.forEach(input -> readers.put(input, stage));
        settings.put(
            "stages." + stage + ".inputs",
            inputs.stream().map(input -> "memory." + input).collect(Collectors.joining(",")));
        settings.put("stages." + stage + ".stores", "counts-" + stage);
        settings.put("stores.counts-" + stage + ".factory", "memory");
        settings.put("stores.counts-" + stage + ".key.serde", "string");
        settings.put("stores.counts-" + stage + ".msg.serde", "long");
      }
      settings.put("job.stages", String.join(",", partitions.keySet()));
      for (String stream : readers.keySet()) {
        if (stream.startsWith("between")) {
          outputs.get("s" + random.nextInt(stages)).add(stream);
        }
      }
      outputs.forEach((stage, sentTo) -> code.put(stage, () -> new Hop(stage, sentTo)));
    }

    void run() {
      for (int kill = random.nextInt(6); kill >= 0; kill--) {
        send(random.nextInt(20));
        SteppedJob job = start();
        for (int step = random.nextInt(40); step > 0; step--) {
          nowMs += random.nextInt(6);
          job.step();
        }
        job.kill();
      }
      send(5);
      SteppedJob job = start();
      job.commit();
      assertThat(counts(job)).isEqualTo(expected);
      job.kill();
      SteppedJob again = start();
      assertThat(counts(again)).isEqualTo(expected);
      again.kill();
      assertThat(lastOutputs()).isEqualTo(expected);
    }

    private SteppedJob start() {
      return SteppedJob.start(
          Config.of(settings),
          code,
          Map.of("memory", new MemoryJournals(memory)),
          () -> nowMs,
          () -> ++checkpoint);
    }

    private void send(int records) {
      List<String> inputs = readers.keySet().stream().filter(s -> s.startsWith("in-")).toList();
      try (SystemProducer producer = memory.producer("test")) {
        for (int i = 0; i < records; i++) {
          String input = inputs.get(random.nextInt(inputs.size()));
          String key = "k" + random.nextInt(KEYS);
          int hops = random.nextInt(5);
          byte[] keyBytes = bytes(key);
          producer.send(
              new OutgoingRecord(
                  input, -1, keyBytes, keyBytes, bytes(Integer.toString(hops)), -1, List.of()));
          expect(input, key, hops);
        }
      }
    }

    /** The oracle. */
    private void expect(String stream, String key, int hops) {
      String stage = readers.get(stream);
      expected.merge(stage + "/" + key, 1L, Long::sum);
      if (hops > 0) {
        outputs.get(stage).forEach(output -> expect(output, key, hops - 1));
      }
    }

    private Map<String, Long> counts(SteppedJob job) {
      Map<String, Long> found = new TreeMap<>();
      partitions.forEach(
          (stage, count) -> {
            for (int partition = 0; partition < count; partition++) {
              KeyValueStore<String, Long> store = job.store(partition, "counts-" + stage);
              try (KeyValueIterator<String, Long> all = store.all()) {
                all.forEachRemaining(
                    entry -> found.merge(stage + "/" + entry.key(), entry.value(), Long::sum));
              }
            }
          });
      return found;
    }

    /** Those of a key must be 1, 2, 3 ..., once each. */
    private Map<String, Long> lastOutputs() {
      Map<String, Long> last = new HashMap<>();
      Integer count = memory.admin().partitionCounts(List.of("out")).get("out");
      for (int partition = 0; count != null && partition < count; partition++) {
        for (MemoryRecord record : memory.records("out", partition)) {
          String key = new String(record.key(), StandardCharsets.UTF_8);
          long value = Long.parseLong(new String(record.value(), StandardCharsets.UTF_8));
          assertThat(value).as(key).isEqualTo(last.getOrDefault(key, 0L) + 1);
          last.put(key, value);
        }
      }
      return last;
    }

    private static byte[] bytes(String text) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }
}
