package io.tidemark.stores.rocksdb;

import io.tidemark.state.Change;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineIterator;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.EngineReader.Direction;
import io.tidemark.state.EngineSnapshot;
import io.tidemark.state.StorageEngine;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/**
 * A process with fifty stores in ten engines under one limit, which applies, reads, scans, holds
 * snapshots and iterators for a while, and opens engines anew, all at random, while other threads
 * read. Two tasks get most of the changes at a time, so that the others keep memtables that nobody
 * writes to. Arguments: a directory, the limit in MiB, the seconds to run, and a seed, if one is to
 * be repeated. Prints what it takes twice a second.
 */
final class ManyStoresProcess {
  static final String SAMPLE = "sample ";

  private static final int TASKS = 10;
  private static final int STORES = 5;
  private static final int KEYS = 40_000;
  private static final int MOST_CHANGES = 8_000;
  private static final int MOST_HELD = 10;
  private static final int READERS = 3;

  private final Path directory;
  private final RocksDbEngineFactory factory;
  private final Random random;
  private final List<StorageEngine> engines = new CopyOnWriteArrayList<>();
  private final Deque<AutoCloseable> held = new ArrayDeque<>();
  private int busy;

  private ManyStoresProcess(Path directory, RocksDbEngineFactory factory, Random random) {
    this.directory = directory;
    this.factory = factory;
    this.random = random;
  }

  public static void main(String[] arguments) throws Exception {
    long limit = Long.parseLong(arguments[1]) << 20;
    long seed = arguments.length > 3 ? Long.parseLong(arguments[3]) : System.nanoTime();
    System.out.println("seed " + seed);
    try (RocksDbEngineFactory factory = new RocksDbEngineFactory(limit)) {
      ManyStoresProcess process =
          new ManyStoresProcess(Path.of(arguments[0]), factory, new Random(seed));
      process.run(TimeUnit.SECONDS.toNanos(Long.parseLong(arguments[2])));
    }
  }

  private void run(long nanos) throws Exception {
    for (int task = 0; task < TASKS; task++) {
      engines.add(open(task));
    }
    long end = System.nanoTime() + nanos;
    List<Thread> readers = new ArrayList<>();
    for (int i = 0; i < READERS; i++) {
      Random own = new Random(random.nextLong());
      readers.add(new Thread(() -> readUntil(end, own), "reader-" + i));
      readers.get(i).start();
    }
    long nextSample = 0;
    for (long now = System.nanoTime(); now < end; now = System.nanoTime()) {
      if (now >= nextSample) {
        nextSample = now + TimeUnit.MILLISECONDS.toNanos(500);
        System.out.println(SAMPLE + OpeningProcess.residentBytes() + " " + factory.memoryTaken());
      }
      step();
    }
    for (Thread reader : readers) {
      reader.join();
    }
    engines.forEach(StorageEngine::close);
  }

  private void readUntil(long end, Random own) {
    while (System.nanoTime() < end) {
      try {
        read(engines.get(own.nextInt(TASKS)), own);
      } catch (IllegalStateException closed) {
        // It is opened anew.
      }
    }
  }

  private StorageEngine open(int task) throws IOException {
    List<EngineOptions.Store> stores = new ArrayList<>();
    for (int store = 0; store < STORES; store++) {
      stores.add(new EngineOptions.Store("store-" + store, Map.of()));
    }
    Path own = Files.createDirectories(directory.resolve("task-" + task));
    return factory.open(new EngineOptions(own, "task-" + task, stores));
  }

  private void step() throws Exception {
    int choice = random.nextInt(100);
    int task = random.nextInt(10) < 7 ? (busy + random.nextInt(2)) % TASKS : random.nextInt(TASKS);
    if (choice == 0) {
      busy = random.nextInt(TASKS);
    }
    if (choice < 30) {
      apply(engines.get(task));
    } else if (choice < 90) {
      read(engines.get(task), random);
    } else if (choice < 98) {
      hold(engines.get(task));
    } else if (choice == 98 && random.nextInt(10) == 0) {
      engines.get(task).close();
      engines.set(task, open(task));
    }
  }

  private void apply(StorageEngine engine) {
    List<Change> changes = new ArrayList<>();
    for (int store = 0; store < STORES; store++) {
      int first = random.nextInt(KEYS);
      int count = random.nextInt(MOST_CHANGES / STORES);
      for (int i = 0; i < count; i++) {
        byte[] value = new byte[random.nextInt(200)];
        random.nextBytes(value);
        changes.add(new Change(store, key(first + 3 * i), random.nextInt(5) == 0 ? null : value));
      }
    }
    long number = engine.commit().number() + 1;
    engine.apply(changes, new EngineCommit(number, number));
  }

  private static void read(StorageEngine engine, Random random) {
    byte[][] keys = new byte[200][];
    Arrays.setAll(keys, i -> key(random.nextInt(2 * KEYS)));
    engine.getAll(random.nextInt(STORES), keys);
    for (byte[] key : keys) {
      engine.get(random.nextInt(STORES), key);
    }
  }

  /** Opens a snapshot and an iterator on it, reads some, and keeps them for a while. */
  private void hold(StorageEngine engine) throws Exception {
    EngineSnapshot snapshot = engine.snapshot();
    Direction direction = random.nextBoolean() ? Direction.FORWARD : Direction.BACKWARD;
    EngineIterator entries =
        snapshot.scan(random.nextInt(STORES), key(random.nextInt(KEYS)), null, direction);
    for (int i = random.nextInt(3000); i > 0 && entries.valid(); i--) {
      entries.key();
      entries.value();
      entries.next();
    }
    held.add(snapshot);
    held.add(entries);
    while (held.size() > 2 * MOST_HELD) {
      held.remove().close();
    }
  }

  private static byte[] key(int number) {
    int mixed = number * 0x9e3779b9;
    return ByteBuffer.allocate(10)
        .putShort((short) (number / 512))
        .putInt(number)
        .putInt(mixed)
        .array();
  }
}
