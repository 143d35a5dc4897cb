package io.tidemark.integration;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.management.OperatingSystemMXBean;
import io.tidemark.api.Config;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.LongSerde;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.StreamTask;
import io.tidemark.api.StringSerde;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.container.Job;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.rpc.RemoteRange;
import io.tidemark.rpc.RemoteStore;
import io.tidemark.rpc.Scan;
import io.tidemark.rpc.StateClient;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.SystemProducer;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Measures what queries cost: how many a client gets answered per second by a job that stands
 * still, and how many records a second the job counts without a server, with one that nobody asks,
 * and with one that is asked all the time. Streams are in memory, the store is in RocksDB. All runs
 * in this process. Microseconds are of the processor, of job and client together, so that they hold
 * on a busy machine too. Arguments: a directory on the disk to use, the number of records, and of
 * keys.
 */
public final class QuerySpeed {
  private static final int PARTITIONS = 2;
  private static final long MEASURE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final Path directory;
  private final int records;
  private final int keys;

  private QuerySpeed(Path directory, int records, int keys) {
    this.directory = directory;
    this.records = records;
    this.keys = keys;
  }

  /** Counts records by key. */
  private static final class Counting implements StreamTask, InitableTask {
    private KeyValueStore<String, Long> counts;

    @Override
    public void init(Context context) {
      counts = context.getTaskContext().getStore("counts");
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      String key = (String) envelope.getKey();
      Long before = counts.get(key);
      counts.put(key, before == null ? 1 : before + 1);
    }
  }

  public static void main(String[] arguments) throws Exception {
    QuerySpeed speed =
        new QuerySpeed(
            Files.createTempDirectory(Path.of(arguments[0]), "query-speed"),
            Integer.parseInt(arguments[1]),
            Integer.parseInt(arguments[2]));
    speed.count("warm-up", "off", 0);
    for (int round = 0; round < 3; round++) {
      speed.count("no server", "off", 0);
      speed.count("server, no queries", "127.0.0.1:0", 0);
    }
    speed.count("server, 1 client", "127.0.0.1:0", 1);
    speed.ask();
    System.exit(0);
  }

  private MemorySystem input() {
    MemorySystem memory = new MemorySystem("memory");
    memory.admin().create(new StreamSpec("in", PARTITIONS, Map.of()));
    SplittableRandom random = new SplittableRandom(1);
    try (SystemProducer producer = memory.producer("test")) {
      for (int i = 0; i < records; i++) {
        byte[] key = ("key-" + random.nextInt(keys)).getBytes(UTF_8);
        producer.send(new OutgoingRecord("in", -1, key, key, new byte[0], 0, List.of()));
      }
    }
    return memory;
  }

  private Job.Builder job(String name, String address, MemorySystem memory) {
    Map<String, String> config = new HashMap<>();
    config.put("job.name", name);
    config.put("job.state.dir", directory.toString());
    config.put("task.inputs", "memory.in");
    config.put("systems.memory.factory", "memory");
    config.put("systems.memory.key.serde", "string");
    config.put("stores.counts.key.serde", "string");
    config.put("stores.counts.msg.serde", "long");
    config.put("container.workers", "1");
    config.put("container.rpc.address", address);
    return Job.of(Config.of(config))
        .task(Counting::new)
        .system("memory", new MemoryJournals(memory));
  }

  private void count(String what, String address, int clients) throws InterruptedException {
    String name = "count-" + System.nanoTime();
    AtomicBoolean ended = new AtomicBoolean();
    AtomicLong answers = new AtomicLong();
    MemorySystem memory = input();
    Job job = job(name, address, memory).untilEnd(true).start();
    job.awaitRunning();
    long started = System.nanoTime();
    long cpuBefore = cpuNanos();
    List<Thread> askers = new ArrayList<>();
    for (int i = 0; i < clients; i++) {
      askers.add(new Thread(() -> ask(name, ended, answers)));
      askers.get(i).start();
    }
    job.awaitEnd();
    double seconds = (System.nanoTime() - started) / 1e9;
    double cpuMicros = (cpuNanos() - cpuBefore) / 1e3;
    ended.set(true);
    job.close();
    for (Thread asker : askers) {
      asker.join();
    }
    System.out.printf(
        "%-22s %,10.0f records/s, %6.2f us/record, %,8.0f answers/s%n",
        what, records / seconds, cpuMicros / records, answers.get() / seconds);
  }

  private void ask(String name, AtomicBoolean ended, AtomicLong answers) {
    SplittableRandom random = new SplittableRandom(2);
    try (StateClient client = StateClient.ofJob(directory, name + "-1").open()) {
      RemoteStore<String, Long> counts = client.store("counts", new StringSerde(), new LongSerde());
      while (!ended.get()) {
        counts.get("key-" + random.nextInt(keys));
        answers.incrementAndGet();
      }
    } catch (RuntimeException e) {
      if (!ended.get()) {
        throw e;
      }
    }
  }

  private void ask() {
    Job job = job("standing", "127.0.0.1:0", input()).start();
    job.awaitRunning();
    try (StateClient client = StateClient.ofJob(directory, "standing-1").open()) {
      RemoteStore<String, Long> counts = client.store("counts", new StringSerde(), new LongSerde());
      while (job.progress().recordsIn() < records) {
        Thread.onSpinWait();
      }
      SplittableRandom random = new SplittableRandom(3);
      for (int round = 0; round < 2; round++) {
        measure("get", 1, () -> counts.get("key-" + random.nextInt(keys)));
        measure("getAll of 100", 100, () -> counts.getAll(some(random)));
        measure("range of 1,000", 1000, () -> drain(counts.scan(Scan.all())));
      }
    } finally {
      job.close();
    }
  }

  private List<String> some(SplittableRandom random) {
    List<String> some = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      some.add("key-" + random.nextInt(keys));
    }
    return some;
  }

  private static void drain(RemoteRange<String, Long> range) {
    try (range) {
      range.forEachRemaining(entry -> {});
    }
  }

  private static void measure(String what, int entries, Runnable query) {
    long started = System.nanoTime();
    long cpuBefore = cpuNanos();
    long count = 0;
    while (System.nanoTime() - started < MEASURE_NANOS) {
      query.run();
      count++;
    }
    double seconds = (System.nanoTime() - started) / 1e9;
    System.out.printf(
        "%-22s %,10.0f calls/s, %,10.0f entries/s, %,8.0f us/call%n",
        what, count / seconds, count * entries / seconds, (cpuNanos() - cpuBefore) / 1e3 / count);
  }

  private static long cpuNanos() {
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
