package io.tidemark.benchmarks.state;

import io.tidemark.api.KeyValueStore;
import io.tidemark.api.Serde;
import io.tidemark.api.TaskName;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockBuilder;
import io.tidemark.journal.BlockEncoder;
import io.tidemark.state.CacheMode;
import io.tidemark.state.ObjectCache;
import io.tidemark.state.Slots;
import io.tidemark.state.StateDirectory;
import io.tidemark.state.StoreSpec;
import io.tidemark.state.SweepPace;
import io.tidemark.state.TaskState;
import io.tidemark.stores.rocksdb.RocksDbEngineFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A task's store on RocksDB as a worker drives it, without streams and journal: memory is divided,
 * blocks are built and engines apply them as in a container. Confined to one thread.
 */
public final class TaskStores<K, V> implements AutoCloseable {
  private static final TaskName TASK = new TaskName("main", 0);
  private static final int SLOTS = 128;

  final TaskState state;
  public final KeyValueStore<K, V> store;
  private final StateDirectory directory;
  private final RocksDbEngineFactory engines;
  private final ExecutorService applier = Executors.newSingleThreadExecutor();
  private final ExecutorService readers =
      Executors.newFixedThreadPool(Runtime.getRuntime().availableProcessors());
  private final BlockBuilder builder = new BlockBuilder();
  private final BlockEncoder encoder = new BlockEncoder(1 << 20);
  private final UUID journal = new UUID(1, 2);
  private long commits;

  /**
   * @param memoryBytes what {@code container.state.memory.bytes} would be
   */
  @SuppressWarnings("unchecked") // the serdes are those of the store
  public TaskStores(Path root, long memoryBytes, Serde<K> keys, Serde<V> values) {
    directory = StateDirectory.open(root, "bench-1", TASK);
    engines = new RocksDbEngineFactory(memoryBytes / 2);
    long held = memoryBytes / 8;
    long applyBytes = Math.min(16 << 20, held / 4);
    state =
        new TaskState(
            TASK,
            directory,
            List.of(
                new StoreSpec(
                    "s",
                    "rocksdb",
                    (Serde<Object>) (Serde<?>) keys,
                    (Serde<Object>) (Serde<?>) values,
                    null,
                    true,
                    CacheMode.OBJECTS,
                    0,
                    64 << 20,
                    Map.of())),
            new Slots(SLOTS, 1, 0),
            new TaskState.Surroundings(
                Map.of("rocksdb", engines),
                new ObjectCache(memoryBytes / 2 - held),
                new SweepPace(),
                new TaskState.HoldingLimits(applyBytes, 2_000, 4 * applyBytes),
                applier,
                readers,
                () -> System.nanoTime() / 1_000_000,
                System::currentTimeMillis));
    commits = state.replayFrom().number();
    state.attach();
    store = (KeyValueStore<K, V>) Objects.requireNonNull(state.store("s"));
  }

  /** Commits as a worker does, but for the journal. */
  public void commit() {
    state.sweep();
    commits++;
    builder.begin(commits, 1, state.now(), "writer", journal);
    state.writeChanges(builder, commits);
    Block block = builder.build(encoder).block();
    state.built(block);
    state.committed(block, commits);
    state.maintain();
  }

  @Override
  public void close() {
    state.close();
    applier.shutdown();
    readers.shutdown();
    engines.close();
    directory.close();
  }
}
