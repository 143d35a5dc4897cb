package io.tidemark.benchmarks.state;

import io.tidemark.state.Change;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineIterator;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.StorageEngine;
import io.tidemark.stores.rocksdb.RocksDbEngineFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Compares options of the RocksDB engine: for each variant, random updates in sorted batches of up
 * to 100,000, then, in engines opened anew, point reads and scans. Prints a line of a table for
 * each. Rates of reads and of applying are per second of the calling thread's processor time, so
 * that they hold on a busy machine too; {@code cpu} is that of all threads, compactions included.
 *
 * <p>Arguments: a directory on the disk to measure, the number of keys, the number of tasks they
 * are spread over, the memory in MiB, and variants, each {@code name} or {@code
 * name:option=value,option=value}.
 */
public final class EngineComparison {
  private static final int BATCH = 100_000;
  private static final int READS = 300_000;
  private static final int ROUNDS = 3;
  private static final int PREFIX_SCANS = 1000;
  private static final int PREFIX_ENTRIES = 100;

  private final Path directory;
  private final int tasks;
  private final int keysPerTask;
  private final long memoryBytes;
  private final Map<String, String> properties = new HashMap<>();
  private final Workload workload = new Workload();
  private final List<String> columns = new ArrayList<>();

  private EngineComparison(String[] arguments, String variant) throws IOException {
    directory = Files.createTempDirectory(Path.of(arguments[0]), "engine-comparison");
    tasks = Integer.parseInt(arguments[2]);
    keysPerTask = Integer.parseInt(arguments[1]) / tasks;
    memoryBytes = Long.parseLong(arguments[3]) << 20;
    String[] parts = variant.split(":", 2);
    columns.add(parts[0]);
    if (parts.length == 2 && !parts[1].isEmpty()) {
      for (String option : parts[1].split(",(?=[a-z0-9_]+=)", -1)) {
        properties.put("rocksdb." + option.split("=", 2)[0], option.split("=", 2)[1]);
      }
    }
  }

  public static void main(String[] arguments) throws IOException {
    System.out.println(
        "| variant | young get k/s | apply k/s | cpu s | written x | MiB | files | open ms | get k/s"
            + " | absent k/s | getAll k/s | scan k/s | slot scan k/s | back k/s | RSS MiB |");
    System.out.println("|---|" + "---:|".repeat(14));
    for (String variant : Arrays.asList(arguments).subList(4, arguments.length)) {
      EngineComparison comparison = new EngineComparison(arguments, variant);
      try {
        comparison.run();
      } finally {
        Consumption.delete(comparison.directory);
      }
    }
  }

  private void run() throws IOException {
    write();
    try (RocksDbEngineFactory factory = new RocksDbEngineFactory(memoryBytes)) {
      Consumption start = Consumption.now();
      List<StorageEngine> engines = open(factory);
      column(Consumption.now().since(start).wallNanos() / 1_000_000);
      best(() -> get(engines, 0));
      best(() -> get(engines, 1));
      best(() -> getAll(engines));
      best(() -> scan(engines));
      best(() -> scanSlots(engines, StorageEngine.Direction.FORWARD));
      best(() -> scanSlots(engines, StorageEngine.Direction.BACKWARD));
      column(Consumption.residentBytes() >> 20);
      engines.forEach(StorageEngine::close);
    }
    System.out.println("| " + String.join(" | ", columns) + " |");
  }

  private List<StorageEngine> open(RocksDbEngineFactory factory) throws IOException {
    List<StorageEngine> engines = new ArrayList<>();
    for (int task = 0; task < tasks; task++) {
      Path own = Files.createDirectories(directory.resolve("task-" + task));
      List<EngineOptions.Store> stores = List.of(new EngineOptions.Store("counts", properties));
      engines.add(factory.open(new EngineOptions(own, "task-" + task, stores)));
    }
    return engines;
  }

  /** Each key is written about so many times as there are rounds; then all is compacted. */
  private void write() throws IOException {
    SplittableRandom random = new SplittableRandom(3);
    int batch = Math.min(BATCH, keysPerTask);
    long entries = 0;
    long applying = 0;
    Consumption start = Consumption.now();
    long preparing = 0;
    try (RocksDbEngineFactory factory = new RocksDbEngineFactory(memoryBytes)) {
      List<StorageEngine> engines = open(factory);
      for (int i = 0; i < ROUNDS * keysPerTask / batch; i++) {
        for (StorageEngine engine : engines) {
          Consumption before = Consumption.now();
          List<Change> changes = workload.changes(random, batch, keysPerTask);
          long number = engine.commit().number() + 1;
          Consumption prepared = Consumption.now();
          engine.apply(changes, new EngineCommit(number, number));
          applying += Consumption.now().since(prepared).threadNanos();
          preparing += prepared.since(before).threadNanos();
          entries += changes.size();
        }
      }
      best(() -> get(engines, 0));
      engines.forEach(StorageEngine::close);
    }
    // Opening again lets pending compactions go on; closing waits for none of them.
    try (RocksDbEngineFactory factory = new RocksDbEngineFactory(memoryBytes)) {
      List<StorageEngine> engines = open(factory);
      awaitQuiet();
      engines.forEach(StorageEngine::close);
    }
    Consumption used = Consumption.now().since(start);
    column(rate(entries, applying));
    columns.add(String.format("%.1f", (used.processNanos() - preparing) / 1e9));
    columns.add(
        String.format(
            "%.1f", (double) used.writtenBytes() / (entries * (16 + Workload.VALUE_BYTES))));
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> tables = files.filter(file -> file.toString().endsWith(".sst")).toList();
      column(tables.stream().mapToLong(file -> file.toFile().length()).sum() >> 20);
      column(tables.size());
    }
  }

  /** Waits until nothing more is written. */
  private static void awaitQuiet() {
    long before = -1;
    for (long now = Consumption.now().writtenBytes(); now != before; ) {
      try {
        Thread.sleep(700);
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted", e);
      }
      before = now;
      now = Consumption.now().writtenBytes();
    }
  }

  /** Does it several times, and keeps the best rate: what else runs only makes it slower. */
  private void best(LongSupplier work) {
    long best = 0;
    for (int i = 0; i < ROUNDS; i++) {
      Consumption start = Consumption.now();
      long count = work.getAsLong();
      best = Math.max(best, rate(count, Consumption.now().since(start).threadNanos()));
    }
    column(best);
  }

  private byte[] randomKey(SplittableRandom random, int add) {
    return Workload.key(2 * random.nextLong(keysPerTask) + add);
  }

  private int get(List<StorageEngine> engines, int add) {
    SplittableRandom random = new SplittableRandom(5);
    int found = 0;
    for (int i = 0; i < READS; i++) {
      byte[] value = engines.get(i % tasks).get(0, randomKey(random, add));
      found += value == null ? 0 : 1;
    }
    if (add == 1 && found > 0) {
      throw new IllegalStateException(found + " absent keys were found");
    }
    return READS;
  }

  private int getAll(List<StorageEngine> engines) {
    SplittableRandom random = new SplittableRandom(7);
    byte[][] keys = new byte[500][];
    for (int i = 0; i < READS / keys.length; i++) {
      Arrays.setAll(keys, k -> randomKey(random, 0));
      engines.get(i % tasks).getAll(0, keys);
    }
    return READS;
  }

  private long scan(List<StorageEngine> engines) {
    long entries = 0;
    for (StorageEngine engine : engines) {
      entries += entries(engine.scan(0, new byte[0], null), Integer.MAX_VALUE);
    }
    return entries;
  }

  /** Scans of a part of a slot, from a random key on. */
  private long scanSlots(List<StorageEngine> engines, StorageEngine.Direction direction) {
    SplittableRandom random = new SplittableRandom(11);
    long entries = 0;
    for (int i = 0; i < PREFIX_SCANS; i++) {
      byte[] key = randomKey(random, 0);
      byte[] from = Arrays.copyOf(key, 2);
      byte[] to = {key[0], (byte) (key[1] + 1)};
      StorageEngine engine = engines.get(i % tasks);
      entries +=
          entries(
              direction == StorageEngine.Direction.FORWARD
                  ? engine.scan(0, key, to)
                  : engine.scan(0, from, key, direction),
              PREFIX_ENTRIES);
    }
    return entries;
  }

  private static long entries(EngineIterator opened, int most) {
    int entries = 0;
    try (EngineIterator iterator = opened) {
      for (; iterator.valid() && entries < most; iterator.next()) {
        entries += iterator.key().length == 16 && iterator.value().length > 0 ? 1 : 0;
      }
    }
    return entries;
  }

  private void column(long value) {
    columns.add(Long.toString(value));
  }

  /** Thousands in a second. */
  private static long rate(long count, long nanos) {
    return count * 1_000_000 / Math.max(1, nanos);
  }
}
