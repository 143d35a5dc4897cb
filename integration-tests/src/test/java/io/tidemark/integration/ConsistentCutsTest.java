package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Config;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.checkpoint.Location;
import io.tidemark.container.Job;
import io.tidemark.container.StartFrom;
import io.tidemark.coordinator.CheckpointRecord;
import io.tidemark.coordinator.CheckpointRecord.Status;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every checkpoint that a job of several stages has taken under load is a consistent cut: whatever
 * the job is begun from, each stage counts each record exactly once in the end.
 */
@Timeout(300)
class ConsistentCutsTest {
  private static final int PARTITIONS = 2;
  private static final int KEYS = 40;
  private static final int ROUNDS = 25;

  @TempDir Path directory;

  /** Counts what comes, tells the count, and sends the record on with one hop less. */
  private static final class Hop implements StreamTask, InitableTask {
    private final String stage;
    private final String next;
    private KeyValueStore<String, Long> counts;
    private SystemStream output;

    Hop(String stage, String next) {
      this.stage = stage;
      this.next = next;
    }

    @Override
    public void init(Context context) {
      counts = context.getTaskContext().getStore("counts-" + stage);
      output = new SystemStream("kafka", context.getJobContext().getConfig().get("app.output"));
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      String key = (String) envelope.getKey();
      int hops = Integer.parseInt((String) envelope.getMessage());
      long count = counts.merge(key, 1L, Long::sum);
      collector.send(new OutgoingMessageEnvelope(output, stage + "/" + key, Long.toString(count)));
      if (hops > 0 && !next.isEmpty()) {
        collector.send(
            new OutgoingMessageEnvelope(
                new SystemStream("kafka", next), key, Integer.toString(hops - 1)));
      }
    }
  }

  @Test
  void two_stages_begun_from_any_checkpoint_are_exact() throws Exception {
    new Run("cuts-line", false).run();
  }

  @Test
  void a_cycle_begun_from_any_checkpoint_is_exact() throws Exception {
    new Run("cuts-cycle", true).run();
  }

  /** Stage a sends to stage b, and in a cycle that sends back to a. */
  private final class Run {
    private final String name;
    private final boolean cycle;
    private final Random random;
    private final LocalKafka kafka = LocalKafka.shared();
    private final Map<String, String> settings = new TreeMap<>();
    private final Map<String, Long> expected = new TreeMap<>();

    Run(String name, boolean cycle) {
      this.name = name;
      this.cycle = cycle;
      long seed = Long.getLong("tidemark.seed", System.nanoTime());
      System.out.println("-Dtidemark.seed=" + seed);
      this.random = new Random(seed);
      settings.put("job.name", name);
      settings.put("job.state.dir", directory.toString());
      settings.put("task.commit.ms", "40");
      settings.put("container.workers", "2");
      settings.put("container.restart.max", "0");
      settings.put("task.checkpoint.interval.ms", "200");
      settings.put("task.checkpoint.min.pause.ms", "0");
      settings.put("task.checkpoint.retain", "1000");
      settings.put("systems.kafka.factory", "kafka");
      settings.put("systems.kafka.bootstrap.servers", kafka.bootstrapServers());
      settings.put("systems.kafka.key.serde", "string");
      settings.put("systems.kafka.msg.serde", "string");
      settings.put("job.stages", "a,b");
      settings.put("stages.a.inputs", "kafka." + input() + (cycle ? ",kafka." + back() : ""));
      settings.put("stages.b.inputs", "kafka." + there());
      for (String stage : List.of("a", "b")) {
        settings.put("stages." + stage + ".stores", "counts-" + stage);
        settings.put("stores.counts-" + stage + ".factory", "rocksdb");
        settings.put("stores.counts-" + stage + ".key.serde", "string");
        settings.put("stores.counts-" + stage + ".msg.serde", "long");
      }
      for (String stream : cycle ? List.of(there(), back()) : List.of(there())) {
        settings.put("streams." + stream + ".intermediate", "true");
        settings.put("streams." + stream + ".partitions", Integer.toString(PARTITIONS));
      }
    }

    private String input() {
      return name + "-in";
    }

    private String there() {
      return name + "-there";
    }

    private String back() {
      return name + "-back";
    }

    private String output(int run) {
      return name + "-out-" + run;
    }

    void run() throws Exception {
      create(input());
      List<CheckpointRecord> taken = takeMany();
      assertThat(taken).as("checkpoints").hasSizeGreaterThan(4);
      for (int again = 1; again <= 4; again++) {
        CheckpointRecord from = taken.get(random.nextInt(taken.size()));
        create(output(again));
        try (Job job = job(again).from(from(from)).start()) {
          job.awaitRunning();
          sendToEach(3);
          awaitExact(again, "from checkpoint " + from.number());
        }
      }
    }

    private StartFrom from(CheckpointRecord record) {
      return CheckpointedJob.from(Location.checkpoint(record.number()));
    }

    /** Runs it under load. */
    private List<CheckpointRecord> takeMany() throws Exception {
      create(output(0));
      try (Job job = job(0).start()) {
        job.awaitRunning();
        for (int round = 0; round < ROUNDS; round++) {
          send(40, 8);
          TimeUnit.MILLISECONDS.sleep(100);
        }
        sendToEach(3);
        awaitExact(0, "without interruption");
        return CheckpointedJob.coordinator(job).checkpoints().stream()
            .filter(record -> record.status() == Status.COMPLETED)
            .toList();
      }
    }

    private Job.Builder job(int run) {
      Config config = Config.of(settings).with(Map.of("app.output", output(run)));
      return Job.of(config)
          .task("a", () -> new Hop("a", there()))
          .task("b", () -> new Hop("b", cycle ? back() : ""));
    }

    private void create(String topic) throws Exception {
      try (Admin admin = Admin.create(Map.of("bootstrap.servers", kafka.bootstrapServers()))) {
        admin.createTopics(List.of(new NewTopic(topic, PARTITIONS, (short) 1))).all().get();
      }
    }

    private void send(int records, int mostHops) {
      try (KafkaProducer<String, String> producer = producer()) {
        for (int i = 0; i < records; i++) {
          send(producer, "k" + random.nextInt(KEYS), random.nextInt(mostHops));
        }
      }
    }

    /** So that every stage tells each of its counts. */
    private void sendToEach(int hops) {
      try (KafkaProducer<String, String> producer = producer()) {
        for (int key = 0; key < KEYS; key++) {
          send(producer, "k" + key, hops);
        }
      }
    }

    private void send(KafkaProducer<String, String> producer, String key, int hops) {
      producer.send(new ProducerRecord<>(input(), key, Integer.toString(hops)));
      for (int hop = 0; hop <= (cycle ? hops : Math.min(1, hops)); hop++) {
        expected.merge((hop % 2 == 0 ? "a/" : "b/") + key, 1L, Long::sum);
      }
    }

    private KafkaProducer<String, String> producer() {
      return new KafkaProducer<>(
          Map.of("bootstrap.servers", kafka.bootstrapServers()),
          new StringSerializer(),
          new StringSerializer());
    }

    /** The counts that are told must follow one another, and end with those that are expected. */
    private void awaitExact(int run, String what) {
      Map<String, Long> last = new TreeMap<>();
      List<String> wrong = new ArrayList<>();
      try (CommittedRecords<String> outputs =
          new CommittedRecords<>(kafka, output(run), PARTITIONS, new StringDeserializer())) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (!last.equals(expected) && System.nanoTime() < deadline && wrong.isEmpty()) {
          outputs.readSome(
              record -> {
                long count = Long.parseLong(record.value());
                Long before = last.put(record.key(), count);
                if (before != null && count != before + 1) {
                  wrong.add(record.key() + ": " + count + " after " + before);
                }
              });
        }
        outputs.readSome(record -> wrong.add("one too many: " + record));
      }
      assertThat(wrong).as(what).isEmpty();
      assertThat(last).as(what).isEqualTo(expected);
    }
  }
}
