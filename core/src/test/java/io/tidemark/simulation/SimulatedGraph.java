package io.tidemark.simulation;

import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.PartitioningKey;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.SystemProducer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * A job of any stages, joined by streams in any way, cycles among them; its input; and the model
 * that says what has to come of it. Each stage counts what comes by each channel.
 */
final class SimulatedGraph {
  private static final int KEYS = 6;
  private static final int MOST_HOPS = 4;

  private final Map<String, String> settings = new TreeMap<>();
  private final Map<String, List<String>> outputs = new TreeMap<>();
  private final Map<String, String> readers = new TreeMap<>();
  private final Map<String, Integer> partitions = new TreeMap<>();
  private final Map<String, Supplier<?>> code = new TreeMap<>();
  private final Map<String, Long> expected = new TreeMap<>();

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
      String channel = envelope.getSystemStreamPartition().getStream() + "/" + key;
      long count = counts.merge(channel, 1L, Long::sum);
      collector.send(
          new OutgoingMessageEnvelope(
              new SystemStream("memory", "out"), stage + "/" + channel, Long.toString(count)));
      if (hops > 0) {
        for (String output : outputs) {
          collector.send(
              new OutgoingMessageEnvelope(
                  new SystemStream("memory", output), key, Integer.toString(hops - 1)));
        }
      }
    }
  }

  /** What the stores' keys have of the records': all behind the stream. */
  public static final class RecordKey implements PartitioningKey<String> {
    @Override
    public byte[] of(String key, byte[] bytes) {
      return bytes(key.substring(key.indexOf('/') + 1));
    }
  }

  SimulatedGraph(Random random, MemorySystem memory) {
    settings.put("job.name", "simulated");
    settings.put("systems.memory.factory", "memory");
    settings.put("systems.memory.key.serde", "string");
    settings.put("systems.memory.msg.serde", "string");
    int stages = 1 + random.nextInt(3);
    memory.admin().create(new StreamSpec("out", 1, Map.of()));
    for (int i = 0; i < stages; i++) {
      addStage(i, stages, random, memory);
    }
    settings.put("job.stages", String.join(",", partitions.keySet()));
    for (String stream : readers.keySet()) {
      if (stream.startsWith("between")) {
        outputs.get("s" + random.nextInt(stages)).add(stream);
      }
    }
    outputs.forEach((stage, sentTo) -> code.put(stage, () -> new Hop(stage, sentTo)));
  }

  private void addStage(int number, int stages, Random random, MemorySystem memory) {
    String stage = "s" + number;
    int count = 1 + random.nextInt(4);
    partitions.put(stage, count);
    outputs.put(stage, new ArrayList<>());
    List<String> inputs = new ArrayList<>();
    if (number == 0 || random.nextInt(3) == 0) {
      inputs.add("in-" + number);
      memory.admin().create(new StreamSpec("in-" + number, count, Map.of()));
    }
    int between = stages == 1 ? random.nextInt(2) : 1 + random.nextInt(2);
    for (int i = 0; i < between; i++) {
      String stream = "between-" + number + "-" + i;
      inputs.add(stream);
      settings.put("streams." + stream + ".intermediate", "true");
      settings.put("streams." + stream + ".partitions", Integer.toString(count));
    }
    inputs.forEach(input -> readers.put(input, stage));
    settings.put(
        "stages." + stage + ".inputs",
        inputs.stream().map(input -> "memory." + input).collect(Collectors.joining(",")));
    settings.put("stages." + stage + ".stores", "counts-" + stage);
    settings.put("stores.counts-" + stage + ".factory", "memory");
    settings.put("stores.counts-" + stage + ".key.serde", "string");
    settings.put("stores.counts-" + stage + ".msg.serde", "long");
    settings.put("stores.counts-" + stage + ".partitioning.key", RecordKey.class.getName());
  }

  /** What of the job's configuration describes the graph. */
  Map<String, String> settings() {
    return settings;
  }

  /** Makes the tasks of each stage. */
  Map<String, Supplier<?>> code() {
    return code;
  }

  /** How many tasks each stage may have: a divisor or a multiple of its partitions. */
  Map<String, Integer> drawTasks(Random random) {
    Map<String, Integer> tasks = new TreeMap<>();
    partitions.forEach(
        (stage, count) -> {
          int factor = 1 << random.nextInt(3);
          boolean divides = random.nextBoolean() && count % factor == 0;
          tasks.put(stage, divides ? count / factor : count * factor);
        });
    return tasks;
  }

  /** How often each key has to be counted: {@code stage/channel/key}. */
  Map<String, Long> expected() {
    return expected;
  }

  /** Sends some input. */
  void feed(Random random, MemorySystem memory, int records) {
    List<String> inputs = readers.keySet().stream().filter(s -> s.startsWith("in-")).toList();
    try (SystemProducer producer = memory.producer("feed")) {
      for (int i = 0; i < records; i++) {
        String input = inputs.get(random.nextInt(inputs.size()));
        String key = "k" + random.nextInt(KEYS);
        int hops = random.nextInt(MOST_HOPS);
        byte[] keyBytes = bytes(key);
        producer.send(
            new OutgoingRecord(
                input, -1, keyBytes, keyBytes, bytes(Integer.toString(hops)), -1, List.of()));
        expect(input, key, hops);
      }
    }
  }

  private void expect(String stream, String key, int hops) {
    String stage = readers.get(stream);
    expected.merge(stage + "/" + stream + "/" + key, 1L, Long::sum);
    if (hops > 0) {
      outputs.get(stage).forEach(output -> expect(output, key, hops - 1));
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
