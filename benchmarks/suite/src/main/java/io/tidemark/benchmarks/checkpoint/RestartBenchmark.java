package io.tidemark.benchmarks.checkpoint;

import io.tidemark.systems.kafka.broker.LocalKafka;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * How long a job takes from the start of its JVM until it processes its first record, after it was
 * killed and its local state is intact. The job and a Kafka broker are processes of their own.
 *
 * <p>Arguments: a directory, the number of entries, bytes of a value, and rounds.
 */
public final class RestartBenchmark {
  private static final long MINUTES = 30;

  private final Path directory;
  private final LocalKafka kafka;
  private final int entries;

  private RestartBenchmark(Path directory, LocalKafka kafka, int entries) {
    this.directory = directory;
    this.kafka = kafka;
    this.entries = entries;
  }

  public static void main(String[] arguments) throws Exception {
    Path root = Files.createTempDirectory(Path.of(arguments[0]), "restart");
    try (LocalKafka kafka = LocalKafka.start(root.resolve("kafka"))) {
      new RestartBenchmark(root, kafka, Integer.parseInt(arguments[1]))
          .run(Integer.parseInt(arguments[2]), Integer.parseInt(arguments[3]));
    } finally {
      Measured.delete(root);
    }
  }

  private void run(int valueBytes, int rounds) throws Exception {
    try (Admin admin = Admin.create(properties())) {
      admin.createTopics(List.of(new NewTopic("in", 1, (short) 1))).all().get();
    }
    Started first = start(valueBytes);
    send(0, entries);
    first.await("processed " + entries);
    TimeUnit.SECONDS.sleep(5); // checkpoints go on
    first.kill();
    System.out.println(Measured.machine());
    System.out.println(
        "| first record, by the JVM's start | by the process's start | 10,000th record | local state MiB |");
    System.out.println("|---:|---:|---:|---:|");
    long next = entries;
    for (int round = 0; round < rounds; round++) {
      send(next, 10_000);
      next += 10_000;
      long begun = System.nanoTime();
      Started again = start(valueBytes);
      String line = again.await("first");
      long processed = Measured.millisSince(begun);
      again.await("processed " + next);
      System.out.printf(
          "| %s | %d | %d | %d |%n",
          line.split(" ", -1)[1], processed, Measured.millisSince(begun), localBytes() >> 20);
      TimeUnit.SECONDS.sleep(3);
      again.kill();
    }
  }

  private Properties properties() {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", kafka.bootstrapServers());
    properties.put("linger.ms", 10);
    properties.put("batch.size", 1 << 18);
    return properties;
  }

  private void send(long from, long count) {
    SplittableRandom random = new SplittableRandom(from);
    try (KafkaProducer<byte[], byte[]> producer =
        new KafkaProducer<>(properties(), new ByteArraySerializer(), new ByteArraySerializer())) {
      for (long number = from; number < from + count; number++) {
        long key = number < entries ? number : random.nextLong(entries);
        producer.send(new ProducerRecord<>("in", StartedJob.bytes(key), StartedJob.bytes(number)));
      }
    }
  }

  private long localBytes() throws IOException {
    try (var files = Files.walk(directory.resolve("state"))) {
      return files
          .filter(file -> file.toString().endsWith(".sst") && file.toString().contains("/rocksdb/"))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }

  private Started start(int valueBytes) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "-cp", System.getProperty("java.class.path")));
    String logging = System.getProperty("logback.configurationFile");
    if (logging != null) {
      command.add("-Dlogback.configurationFile=" + logging);
    }
    command.addAll(
        List.of(
            StartedJob.class.getName(),
            directory.resolve("state").toString(),
            kafka.bootstrapServers(),
            Integer.toString(valueBytes)));
    return new Started(new ProcessBuilder(command).redirectErrorStream(true).start());
  }

  /** The job's process. */
  private record Started(Process process, BufferedReader output) {
    Started(Process process) {
      this(
          process,
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8)));
    }

    /** Reads its output up to a line. */
    String await(String beginning) throws IOException {
      long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(MINUTES);
      while (System.nanoTime() < deadline) {
        String line = output.readLine();
        if (line == null) {
          break;
        }
        if (line.startsWith(beginning)) {
          return line;
        }
        if (!line.startsWith("processed") && !line.startsWith("first")) {
          System.err.println("job: " + line);
        }
      }
      process.destroyForcibly();
      throw new IllegalStateException("the job did not say " + beginning);
    }

    void kill() throws InterruptedException {
      process.destroyForcibly();
      process.waitFor();
    }
  }
}
