package io.tidemark.state;

import io.tidemark.api.KeyValueStore;
import io.tidemark.api.PartitioningKey;
import io.tidemark.api.Serde;
import io.tidemark.api.TaskName;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockBuilder;
import io.tidemark.journal.BlockEncoder;
import io.tidemark.state.TaskState.HoldingLimits;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A task's state as a worker would drive it, with its blocks kept. Confined to one thread. */
final class StateUnderTest implements AutoCloseable {
  static final TaskName TASK = new TaskName("main", 1);
  static final HoldingLimits NEVER_BY_ITSELF =
      new HoldingLimits(Long.MAX_VALUE, Long.MAX_VALUE, Long.MAX_VALUE);

  static final int MAX_VALUE_BYTES = 1000;

  final TaskState state;
  final List<Block> blocks = new ArrayList<>();
  final ObjectCache cache;
  Executor readers = Runnable::run;
  long nowMs;
  private final StateDirectory directory;
  private final BlockBuilder builder = new BlockBuilder();
  private final BlockEncoder encoder = new BlockEncoder(1 << 20);

  StateUnderTest(
      Path root, long cacheBytes, List<StoreSpec> specs, HoldingLimits limits, Executor applier) {
    this(root, cacheBytes, specs, limits, applier, UnaryOperator.identity());
  }

  /**
   * @param cacheBytes how much its stores may cache
   * @param around puts something around each engine
   */
  StateUnderTest(
      Path root,
      long cacheBytes,
      List<StoreSpec> specs,
      HoldingLimits limits,
      Executor applier,
      UnaryOperator<StorageEngine> around) {
    cache = new ObjectCache(cacheBytes);
    directory = StateDirectory.open(root, "job-1", TASK);
    state =
        new TaskState(
            TASK,
            directory,
            specs,
            new Slots(256, 2, 1),
            new TaskState.Surroundings(
                Map.of(
                    "memory", new Wrapping("memory", around),
                    "other", new Wrapping("other", around)),
                cache,
                limits,
                applier,
                work -> readers.execute(work),
                () -> nowMs,
                () -> nowMs));
    state.attach();
  }

  private record Wrapping(String type, UnaryOperator<StorageEngine> around)
      implements EngineFactory {
    @Override
    public StorageEngine open(EngineOptions options) {
      return around.apply(new MemoryEngine(options.stores().size()));
    }
  }

  /** A store in memory, whose objects are cached. */
  static <K> StoreSpec spec(
      String name,
      Serde<K> keys,
      Serde<?> values,
      @Nullable PartitioningKey<K> partitioningKey,
      boolean splittable) {
    return spec(name, keys, values, partitioningKey, splittable, CacheMode.OBJECTS, 0);
  }

  /** A store in memory. */
  @SuppressWarnings("unchecked") // as a container does
  static <K> StoreSpec spec(
      String name,
      Serde<K> keys,
      Serde<?> values,
      @Nullable PartitioningKey<K> partitioningKey,
      boolean splittable,
      CacheMode cacheMode,
      long ttlMs) {
    return new StoreSpec(
        name,
        "memory",
        (Serde<Object>) keys,
        (Serde<Object>) values,
        (PartitioningKey<Object>) partitioningKey,
        splittable,
        cacheMode,
        ttlMs,
        MAX_VALUE_BYTES,
        Map.of());
  }

  @SuppressWarnings("unchecked") // the test knows what it configured
  <K, V> KeyValueStore<K, V> store(String name) {
    return (KeyValueStore<K, V>) state.store(name);
  }

  /** How many entries an engine holds, whether they have expired or not. */
  long engineEntries(String store) {
    return state.engineEntries(store);
  }

  /** Builds the next block, as a commit does that is under way afterwards. */
  Block build() {
    builder.begin(blocks.size() + 1, 1, state.now(), "writer", new UUID(1, 2));
    state.writeChanges(builder, blocks.size() + 1);
    Block block = builder.build(encoder).block();
    blocks.add(block);
    return block;
  }

  /** The commit of a block ends well. */
  void confirm(Block block) {
    state.committed(block, block.number() * 10);
  }

  void commit() {
    confirm(build());
  }

  @Override
  public void close() {
    state.close();
    directory.close();
  }
}
