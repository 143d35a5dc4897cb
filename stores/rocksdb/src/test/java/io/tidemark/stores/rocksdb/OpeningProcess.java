package io.tidemark.stores.rocksdb;

import io.tidemark.api.TidemarkException;
import io.tidemark.state.Change;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineIterator;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.EngineReader.Direction;
import io.tidemark.state.EngineSnapshot;
import io.tidemark.state.StorageEngine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A process that opens and closes engines, iterators and snapshots, also engines that cannot be
 * opened, and prints by how many bytes it grew meanwhile. In a process of its own, with a heap that
 * does not grow. Arguments: a directory, and how many engines to open.
 */
final class OpeningProcess {
  private OpeningProcess() {}

  public static void main(String[] arguments) throws IOException {
    Path directory = Path.of(arguments[0]);
    int times = Integer.parseInt(arguments[1]);
    try (RocksDbEngineFactory factory = new RocksDbEngineFactory(4 << 20)) {
      openAndClose(factory, directory, times / 3);
      long before = residentBytes();
      openAndClose(factory, directory, times - times / 3);
      System.out.println(residentBytes() - before);
    }
  }

  /** An engine that leaked would keep its memtable of 2 MiB. */
  private static void openAndClose(RocksDbEngineFactory factory, Path directory, int times) {
    byte[] value = new byte[2 << 20];
    for (int i = 0; i < times; i++) {
      try (StorageEngine engine = factory.open(options(directory, Map.of()))) {
        engine.apply(List.of(new Change(0, new byte[] {1}, value)), new EngineCommit(1, 1));
        readAndClose(engine);
        mustFail(factory, options(directory, Map.of()));
        mustFail(factory, options(directory, Map.of("rocksdb.compression", "kNone")));
      }
    }
  }

  /** A hundred snapshots and iterators; some are left to the engine. */
  private static void readAndClose(StorageEngine engine) {
    for (int i = 0; i < 100; i++) {
      EngineSnapshot snapshot = engine.snapshot();
      Direction direction = i % 2 == 0 ? Direction.FORWARD : Direction.BACKWARD;
      EngineIterator entries = snapshot.scan(0, new byte[0], new byte[] {2}, direction);
      if (!entries.valid() || snapshot.getAll(0, new byte[][] {{1}, {3}})[0] == null) {
        throw new AssertionError("the entry is not there");
      }
      if (i % 10 != 0) {
        entries.close();
        snapshot.close();
      }
    }
  }

  private static void mustFail(RocksDbEngineFactory factory, EngineOptions options) {
    try (StorageEngine engine = factory.open(options)) {
      throw new AssertionError("opened at " + engine.commit());
    } catch (TidemarkException inUseOrWrong) {
      // As it must.
    }
  }

  private static EngineOptions options(Path directory, Map<String, String> properties) {
    return new EngineOptions(
        directory, "Partition 7", List.of(new EngineOptions.Store("counts", properties)));
  }

  static long residentBytes() throws IOException {
    String pages = Files.readString(Path.of("/proc/self/statm")).split(" ", -1)[1];
    return Long.parseLong(pages) * 4096;
  }
}
