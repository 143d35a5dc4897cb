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
  private final Opening opening;
  private final StateDirectory directory;
  private int confirmed;
  private final BlockBuilder builder = new BlockBuilder();
  private final BlockEncoder encoder = new BlockEncoder(1 << 20);

  /**
   * What a state is opened with.
   *
   * @param cacheBytes how much its stores may cache
   * @param engines opens the engines
   */
  record Opening(
      Path root,
      long cacheBytes,
      List<StoreSpec> specs,
      Slots slots,
      HoldingLimits limits,
      Executor applier,
      EngineFactory engines) {

    Opening at(Path place) {
      return new Opening(place, cacheBytes, specs, slots, limits, applier, engines);
    }
  }

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
    this(
        new Opening(
            root,
            cacheBytes,
            specs,
            new Slots(256, 2, 1),
            limits,
            applier,
            new Around(new MemoryEngineFactory(), around)));
  }

  StateUnderTest(Opening opening) {
    this.opening = opening;
    cache = new ObjectCache(opening.cacheBytes);
    directory = StateDirectory.open(opening.root, "job-1", TASK);
    state =
        new TaskState(
            TASK,
            directory,
            opening.specs,
            opening.slots,
            new TaskState.Surroundings(
                Map.of("memory", opening.engines, "other", opening.engines),
                cache,
                new SweepPace(),
                opening.limits,
                opening.applier,
                work -> readers.execute(work),
                () -> nowMs,
                () -> nowMs));
    state.attach();
  }

  /** A factory with something around each engine. */
  record Around(EngineFactory engines, UnaryOperator<StorageEngine> around)
      implements EngineFactory {
    @Override
    public String type() {
      return engines.type();
    }

    @Override
    public StorageEngine open(EngineOptions options) {
      return around.apply(engines.open(options));
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

  /** Builds the next block, as a commit does that is under way afterwards. */
  Block build() {
    builder.begin(blocks.size() + 1, 1, state.now(), "writer", new UUID(1, 2));
    state.writeChanges(builder, blocks.size() + 1);
    Block block = builder.build(encoder).block();
    state.built(block);
    blocks.add(block);
    return block;
  }

  /** The commit of a block ends well. */
  void confirm(Block block) {
    state.committed(block, block.number() * 10);
    confirmed++;
  }

  void commit() {
    confirm(build());
  }

  /**
   * Ends without draining, as a crash does, and goes on with what is left: the engine's files, and
   * the blocks whose commits ended well.
   */
  StateUnderTest crash() {
    close();
    return openedAt(opening.root);
  }

  /** Another state of the task that begins with what is in a place, and these blocks. */
  StateUnderTest openedAt(Path place) {
    StateUnderTest again = new StateUnderTest(opening.at(place));
    again.nowMs = nowMs;
    again.replay(blocks.subList(0, confirmed));
    return again;
  }

  /** As a worker does that takes a task: from the block on that the engine holds. */
  private void replay(List<Block> kept) {
    long from = state.replayFrom().number();
    for (Block block : kept) {
      blocks.add(block);
      if (block.number() > from) {
        confirm(block);
        state.maintain();
      } else if (block.number() == from) {
        state.seen(block);
      }
    }
    confirmed = kept.size();
    state.applyAll();
  }

  @Override
  public void close() {
    state.close();
    directory.close();
  }
}
