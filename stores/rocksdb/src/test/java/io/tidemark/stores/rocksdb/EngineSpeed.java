package io.tidemark.stores.rocksdb;

import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineIterator;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.StorageEngine;
import io.tidemark.state.StorageEngine.Change;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Measures the engine: sorted batches of 100,000 changes with keys of 16 bytes and values of 100,
 * then point reads and a scan. Rates are per second of the calling thread's processor time, so that
 * they hold on a busy machine too. Arguments: a directory on the disk to measure, the number of
 * keys, and options as {@code rocksdb.<option>=<value>}.
 */
public final class EngineSpeed {
  private static final int BATCH = 100_000;
  private static final int READS = 1_000_000;

  private final int keys;
  private final byte[] text = new byte[1 << 20];

  private EngineSpeed(int keys) {
    this.keys = keys;
    // Half of it compresses.
    byte[] half = new byte[text.length / 2];
    new Random(1).nextBytes(half);
    System.arraycopy(half, 0, text, 0, half.length);
    for (int i = 0; i < text.length; i += 2) {
      text[i] = 'a';
    }
  }

  public static void main(String[] arguments) throws Exception {
    Path directory = Files.createTempDirectory(Path.of(arguments[0]), "engine-speed");
    Map<String, String> properties = new HashMap<>();
    for (String property : Arrays.asList(arguments).subList(2, arguments.length)) {
      properties.put(property.split("=", 2)[0], property.split("=", 2)[1]);
    }
    EngineOptions options =
        new EngineOptions(
            directory, "Partition 0", List.of(new EngineOptions.Store("counts", properties)));
    EngineSpeed speed = new EngineSpeed(Integer.parseInt(arguments[1]));
    try (RocksDbEngineFactory factory = new RocksDbEngineFactory(1L << 30)) {
      speed.measure(factory, options);
    } finally {
      try (Stream<Path> files = Files.walk(directory)) {
        files.sorted((one, other) -> other.compareTo(one)).forEach(file -> file.toFile().delete());
      }
    }
  }

  private void measure(RocksDbEngineFactory factory, EngineOptions options) {
    try (StorageEngine engine = factory.open(options)) {
      applyRounds(engine, "first", keys / BATCH);
      applyRounds(engine, "again", 2 * keys / BATCH);
      read(engine, "present", 0);
      read(engine, "absent", 1);
    }
    long start = cpuNanos();
    try (StorageEngine engine = factory.open(options)) {
      report("opened", 1, start);
      read(engine, "reopened", 0);
      read(engine, "cached", 0);
      scan(engine);
    }
  }

  private void applyRounds(StorageEngine engine, String name, int rounds) {
    SplittableRandom random = new SplittableRandom(3);
    long inApply = 0;
    long longest = 0;
    for (int round = 0; round < rounds; round++) {
      List<Change> changes = new ArrayList<>(BATCH);
      long[] picked = random.longs(BATCH, 0, keys).toArray();
      for (long key : picked) {
        int at = random.nextInt(text.length - 100);
        changes.add(new Change(0, key(key * 2), Arrays.copyOfRange(text, at, at + 100)));
      }
      changes.sort((one, other) -> Arrays.compareUnsigned(one.key(), other.key()));
      long number = engine.commit().number() + 1;
      long before = cpuNanos();
      engine.apply(changes, new EngineCommit(number, number));
      long took = cpuNanos() - before;
      inApply += took;
      longest = Math.max(longest, took);
    }
    long entries = (long) rounds * BATCH;
    System.out.printf(
        "apply %-8s %,9d entries/s, longest %d ms%n",
        name, entries * 1_000_000_000L / inApply, longest / 1_000_000);
    engine.flush();
  }

  private void read(StorageEngine engine, String name, int add) {
    SplittableRandom random = new SplittableRandom(5);
    int found = 0;
    long start = cpuNanos();
    for (int i = 0; i < READS; i++) {
      found += engine.get(0, key(random.nextLong(keys) * 2 + add)) == null ? 0 : 1;
    }
    report("get " + name + " (" + found + " found)", READS, start);
  }

  private static void scan(StorageEngine engine) {
    long start = cpuNanos();
    int entries = 0;
    try (EngineIterator iterator = engine.scan(0, new byte[0], null)) {
      for (; iterator.valid(); iterator.next()) {
        entries += iterator.key().length == 16 && iterator.value().length == 100 ? 1 : 0;
      }
    }
    report("scan", entries, start);
  }

  /** Two bytes of slot, then the number twice, mixed. */
  private static byte[] key(long number) {
    long mixed = number * 0x9e3779b97f4a7c15L;
    return ByteBuffer.allocate(16)
        .putShort((short) (mixed >>> 54))
        .putLong(mixed)
        .putInt((int) number)
        .putShort((short) 0)
        .array();
  }

  private static long cpuNanos() {
    return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
  }

  private static void report(String what, int count, long start) {
    long took = cpuNanos() - start;
    System.out.printf(
        "%-32s %,10d /s (%d ms)%n", what, count * 1_000_000_000L / took, took / 1_000_000);
  }
}
