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

  final TaskState state;
  final List<Block> blocks = new ArrayList<>();
  long nowMs;
  private final StateDirectory directory;
  private final BlockBuilder builder = new BlockBuilder();
  private final BlockEncoder encoder = new BlockEncoder(1 << 20);

  StateUnderTest(Path root, List<StoreSpec> specs, HoldingLimits limits, Executor applier) {
    this(root, specs, limits, applier, UnaryOperator.identity());
  }

  /**
   * @param around puts something around each engine
   */
  StateUnderTest(
      Path root,
      List<StoreSpec> specs,
      HoldingLimits limits,
      Executor applier,
      UnaryOperator<StorageEngine> around) {
    directory = StateDirectory.open(root, "job-1", TASK);
    state =
        new TaskState(
            TASK,
            directory,
            specs,
            new Slots(256, 2, 1),
            Map.of(
                "memory", new Wrapping("memory", around), "other", new Wrapping("other", around)),
            limits,
            applier,
            () -> nowMs);
    state.attach();
  }

  private record Wrapping(String type, UnaryOperator<StorageEngine> around)
      implements EngineFactory {
    @Override
    public StorageEngine open(EngineOptions options) {
      return around.apply(new MemoryEngine(options.stores().size()));
    }
  }

  /** A store in memory. */
  @SuppressWarnings("unchecked") // as a container does
  static <K> StoreSpec spec(
      String name,
      Serde<K> keys,
      Serde<?> values,
      @Nullable PartitioningKey<K> partitioningKey,
      boolean splittable,
      long cacheBytes) {
    return new StoreSpec(
        name,
        "memory",
        (Serde<Object>) keys,
        (Serde<Object>) values,
        (PartitioningKey<Object>) partitioningKey,
        splittable,
        cacheBytes,
        Map.of());
  }

  @SuppressWarnings("unchecked") // the test knows what it configured
  <K, V> KeyValueStore<K, V> store(String name) {
    return (KeyValueStore<K, V>) state.store(name);
  }

  /** Builds the next block, as a commit does that is under way afterwards. */
  Block build() {
    builder.begin(blocks.size() + 1, 1, "writer", new UUID(1, 2));
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
