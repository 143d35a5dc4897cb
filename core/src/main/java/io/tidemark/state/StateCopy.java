package io.tidemark.state;

import io.tidemark.api.Serde;
import io.tidemark.api.StateException;
import io.tidemark.journal.Block;
import io.tidemark.journal.StoreChanges;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * All entries of a task's stores as of one commit, in memory, to look at from outside of the task:
 * read from its local directory while it does not run, or put together from its journal. Both give
 * the same for the same commit. Confined to one thread.
 */
public final class StateCopy {
  private final Map<String, Map<ByteBuffer, ByteBuffer>> stores = new HashMap<>();
  private long commit;

  private StateCopy(long commit) {
    this.commit = commit;
  }

  /** The state before the first commit: what a replay of a journal begins with. */
  public static StateCopy empty() {
    return new StateCopy(0);
  }

  /**
   * The entries that an engine has in a task's directory.
   *
   * @param directory the task's
   * @param factory opens the engine
   * @param stores those that the engine keeps
   * @throws StateException if the engine's files are damaged
   */
  public static StateCopy read(
      StateDirectory directory, EngineFactory factory, List<EngineOptions.Store> stores) {
    String task = Objects.toString(directory.path().getFileName());
    EngineOptions options =
        new EngineOptions(directory.engine(factory.type()), task, List.copyOf(stores));
    try (StorageEngine engine = factory.open(options)) {
      StateCopy copy = new StateCopy(engine.commit().number());
      for (int store = 0; store < stores.size(); store++) {
        Map<ByteBuffer, ByteBuffer> entries = copy.bytes(stores.get(store).name());
        try (EngineIterator found = engine.scan(store, new byte[0], null)) {
          for (; found.valid(); found.next()) {
            entries.put(ByteBuffer.wrap(found.key()), ByteBuffer.wrap(found.value()));
          }
        }
      }
      return copy;
    }
  }

  /**
   * Makes the changes of the next commit.
   *
   * @throws IllegalArgumentException if the block is not the next
   */
  public void apply(Block block) {
    if (block.number() != commit + 1) {
      throw new IllegalArgumentException("commit " + block.number() + " after commit " + commit);
    }
    for (StoreChanges changes : block.stores()) {
      Map<ByteBuffer, ByteBuffer> entries = bytes(changes.store());
      for (StoreChanges.Cursor change = changes.cursor(); change.next(); ) {
        ByteBuffer key = slice(change.array(), change.keyOffset(), change.keyLength());
        if (change.valueLength() < 0) {
          entries.remove(key);
        } else {
          entries.put(key, slice(change.array(), change.valueOffset(), change.valueLength()));
        }
      }
    }
    commit = block.number();
  }

  /** The number of the commit that this equals; 0 before the first. */
  public long commit() {
    return commit;
  }

  /** The entries of a store; empty if there is no such store. */
  public <K, V> Map<K, V> entries(String store, Serde<K> keys, Serde<V> values) {
    Map<K, V> entries = new HashMap<>();
    stores
        .getOrDefault(store, Map.of())
        .forEach(
            (key, value) -> {
              byte[] withoutSlot = bytes(key, Slots.PREFIX_BYTES);
              entries.put(
                  Objects.requireNonNull(keys.fromBytes(withoutSlot)),
                  Objects.requireNonNull(values.fromBytes(StoredValue.payload(bytes(value, 0)))));
            });
    return entries;
  }

  /** Whether another copy is of the same commit and has the same bytes in each store. */
  public boolean isSame(StateCopy other) {
    return commit == other.commit && withoutEmpty().equals(other.withoutEmpty());
  }

  private Map<String, Map<ByteBuffer, ByteBuffer>> withoutEmpty() {
    Map<String, Map<ByteBuffer, ByteBuffer>> filled = new HashMap<>(stores);
    filled.values().removeIf(Map::isEmpty);
    return filled;
  }

  private Map<ByteBuffer, ByteBuffer> bytes(String store) {
    return stores.computeIfAbsent(store, added -> new HashMap<>());
  }

  /** A copy, lest one entry keep a whole block in memory. */
  private static ByteBuffer slice(byte[] array, int from, int length) {
    ByteBuffer copy = ByteBuffer.allocate(length);
    return copy.put(array, from, length).flip();
  }

  private static byte[] bytes(ByteBuffer buffer, int from) {
    byte[] bytes = new byte[buffer.limit() - from];
    buffer.get(from, bytes);
    return bytes;
  }
}
