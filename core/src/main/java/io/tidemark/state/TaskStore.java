package io.tidemark.state;

import io.tidemark.api.Entry;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.PartitioningKey;
import io.tidemark.api.Serde;
import io.tidemark.api.StateException;
import io.tidemark.journal.BlockBuilder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The store a task sees: objects in a cache over an engine's bytes.
 *
 * <p>A write changes the cached object and marks it dirty; the next block takes all dirty entries,
 * each serialized once however often it changed. Until the engine has applied that block the entry
 * stays cached, so that a read is one look into the cache and, if it is not there, one into the
 * engine.
 *
 * <p>Invariant: the engine's value, overridden by the entries that are ahead of it, is the task's.
 * Confined to the task's worker.
 */
final class TaskStore<K, V> implements KeyValueStore<K, V> {
  private final StoreSpec spec;
  private final TaskState state;
  private final StorageEngine engine;
  private final int engineStore;
  private final Serde<K> keySerde;
  private final Serde<V> valueSerde;
  private final @Nullable PartitioningKey<K> partitioningKey;
  private final boolean keysAreValues;
  private final Slots slots;
  private final ObjectCache<K, V> cache;
  private final List<CacheEntry<K, V>> dirty = new ArrayList<>();
  private final List<Undo<K, V>> undos = new ArrayList<>();
  private final List<StoreIterator<K, V>> openIterators = new ArrayList<>(2);

  /** The entries ahead of the engine by key, from the first range on; null before. */
  private @Nullable TreeMap<byte[], CacheEntry<K, V>> overlay;

  private boolean undoable;
  private int typicalValueBytes = 16;

  private record Undo<K, V>(CacheEntry<K, V> entry, @Nullable V value, boolean wasDirty) {}

  @SuppressWarnings(
      "unchecked") // the serdes and the key function are the ones configured for K and V
  TaskStore(StoreSpec spec, TaskState state, StorageEngine engine, int engineStore, Slots slots) {
    this.spec = spec;
    this.state = state;
    this.engine = engine;
    this.engineStore = engineStore;
    this.slots = slots;
    this.keySerde = (Serde<K>) (Serde<?>) spec.keySerde();
    this.valueSerde = (Serde<V>) (Serde<?>) spec.valueSerde();
    this.partitioningKey = (PartitioningKey<K>) (PartitioningKey<?>) spec.partitioningKey();
    this.keysAreValues = keySerde.keysAreValues();
    this.cache = new ObjectCache<>(spec.cacheBytes());
  }

  String name() {
    return spec.name();
  }

  @Override
  public @Nullable V get(K key) {
    checkThread();
    return entry(requireKey(key)).value;
  }

  @Override
  public Map<K, V> getAll(List<K> keys) {
    Map<K, V> found = new LinkedHashMap<>();
    for (K key : keys) {
      V value = get(key);
      if (value != null) {
        found.put(key, value);
      }
    }
    return found;
  }

  @Override
  public void put(K key, V value) {
    checkThread();
    Objects.requireNonNull(
        value, () -> "store " + name() + ": a value may not be null; delete the key");
    set(requireKey(key), value);
  }

  @Override
  public void putAll(List<Entry<K, V>> entries) {
    for (Entry<K, V> entry : entries) {
      put(entry.key(), entry.value());
    }
  }

  @Override
  public void delete(K key) {
    checkThread();
    set(requireKey(key), null);
  }

  @Override
  public void deleteAll(List<K> keys) {
    for (K key : keys) {
      delete(key);
    }
  }

  @Override
  public KeyValueIterator<K, V> range(K from, K to) {
    checkThread();
    byte[] fromBytes = keyBytes(requireKey(from));
    byte[] toBytes = keyBytes(requireKey(to));
    if (Arrays.compareUnsigned(fromBytes, toBytes) > 0) {
      throw new IllegalArgumentException(
          "store " + name() + ": the range begins after its end, " + from + " to " + to);
    }
    return iterate(fromBytes, toBytes);
  }

  @Override
  public KeyValueIterator<K, V> prefix(byte[] prefix) {
    Objects.requireNonNull(prefix, "prefix");
    return iterate(prefix, KeyOrder.after(prefix));
  }

  @Override
  public KeyValueIterator<K, V> all() {
    return iterate(new byte[0], null);
  }

  /** From here on changes can be undone, until {@link #keep} or {@link #undo}. */
  void makeUndoable() {
    undoable = true;
  }

  /** Keeps the changes made since {@link #makeUndoable}. */
  void keep() {
    undoable = false;
    undos.clear();
  }

  /** Undoes the changes made since {@link #makeUndoable}. */
  void undo() {
    for (int i = undos.size() - 1; i >= 0; i--) {
      Undo<K, V> undo = undos.get(i);
      undo.entry.value = undo.value;
      if (undo.entry.dirty && !undo.wasDirty) {
        undo.entry.dirty = false;
        dirty.remove(dirty.size() - 1);
      }
    }
    keep();
  }

  boolean isDirty() {
    return !dirty.isEmpty();
  }

  /** Adds what changed since the last block to a block, and makes it part of that commit. */
  void writeChanges(BlockBuilder block, long commit) {
    if (dirty.isEmpty()) {
      return;
    }
    block.beginStore(name(), dirty.size());
    for (CacheEntry<K, V> entry : dirty) {
      byte[] value = serialize(entry);
      block.change(entry.engineKey, value);
      cache.resize(entry, value == null ? 0 : value.length);
      entry.dirty = false;
      entry.commit = commit;
    }
    block.endStore();
    dirty.clear();
    cache.evict(state.appliedCommit());
  }

  /**
   * Closes the iterators left open.
   *
   * @return how many there were
   */
  int closeIterators() {
    int open = openIterators.size();
    while (!openIterators.isEmpty()) {
      openIterators.get(openIterators.size() - 1).close();
    }
    return open;
  }

  void iteratorClosed(StoreIterator<K, V> iterator) {
    openIterators.remove(iterator);
    state.iteratorClosed();
  }

  void checkThread() {
    state.checkThread(this);
  }

  /** An entry as the task sees it. */
  Entry<K, V> entry(byte[] engineKey, byte[] value) {
    byte[] bytes = Arrays.copyOfRange(engineKey, Slots.PREFIX_BYTES, engineKey.length);
    K key;
    try {
      key = Objects.requireNonNull(keySerde.fromBytes(bytes), "the serde read null");
    } catch (RuntimeException e) {
      throw new StateException(
          "TM-3011",
          String.format(
              "store %s of task %s: a key cannot be read with %s; was the store written with"
                  + " another stores.%s.key.serde?",
              name(), state.task(), keySerde.getClass().getName(), name()),
          e);
    }
    return new Entry<>(key, deserialize(key, value));
  }

  private CacheEntry<K, V> entry(K key) {
    if (keysAreValues) {
      CacheEntry<K, V> cached = cache.get(key);
      return cached != null ? cached : load(key, key, keyBytes(key));
    }
    byte[] bytes = keyBytes(key);
    Object cacheKey = new KeyOrder.Bytes(bytes);
    CacheEntry<K, V> cached = cache.get(cacheKey);
    return cached != null ? cached : load(cacheKey, key, bytes);
  }

  private CacheEntry<K, V> load(Object cacheKey, K key, byte[] bytes) {
    byte[] engineKey = Slots.engineKey(slot(key, bytes), bytes);
    CacheEntry<K, V> entry = new CacheEntry<>(cacheKey, key, engineKey);
    byte[] value = engine.get(engineStore, engineKey);
    entry.value = value == null ? null : deserialize(key, value);
    cache.evict(state.appliedCommit()); // before, lest the entry go that is about to be written
    cache.add(entry, value == null ? 0 : value.length);
    return entry;
  }

  private V deserialize(K key, byte[] bytes) {
    try {
      return Objects.requireNonNull(valueSerde.fromBytes(bytes), "the serde read null");
    } catch (RuntimeException e) {
      throw new StateException(
          "TM-3011",
          String.format(
              "store %s of task %s: the value of key %s cannot be read with %s; was the store"
                  + " written with another stores.%s.msg.serde?",
              name(), state.task(), key, valueSerde.getClass().getName(), name()),
          e);
    }
  }

  private int slot(K key, byte[] bytes) {
    if (!spec.splittable()) {
      return Slots.TASK_SLOT;
    }
    return slots.of(partitioningKey == null ? bytes : partitioningKey.of(key, bytes));
  }

  private void set(K key, @Nullable V value) {
    CacheEntry<K, V> entry = entryForWrite(key);
    if (undoable) {
      undos.add(new Undo<>(entry, entry.value, entry.dirty));
    }
    entry.value = value;
    if (!entry.dirty) {
      entry.dirty = true;
      dirty.add(entry);
      state.changed(entry.engineKey.length + valueBytes(value));
      if (overlay != null && !entry.inOverlay) {
        addToOverlay(overlay, entry);
      }
    }
  }

  /** A write need not know the former value, unless it may have to be undone. */
  private CacheEntry<K, V> entryForWrite(K key) {
    byte[] bytes = null;
    Object cacheKey = key;
    if (!keysAreValues) {
      bytes = keyBytes(key);
      cacheKey = new KeyOrder.Bytes(bytes);
    }
    CacheEntry<K, V> entry = cache.get(cacheKey);
    if (entry == null) {
      if (bytes == null) {
        bytes = keyBytes(key);
      }
      if (undoable) {
        return load(cacheKey, key, bytes);
      }
      entry = new CacheEntry<>(cacheKey, key, Slots.engineKey(slot(key, bytes), bytes));
      cache.add(entry, typicalValueBytes);
    }
    return entry;
  }

  private int valueBytes(@Nullable V value) {
    if (value == null) {
      return 0;
    } else if (value instanceof byte[] bytes) {
      return bytes.length;
    } else if (value instanceof String string) {
      return string.length();
    }
    return typicalValueBytes;
  }

  private byte @Nullable [] serialize(CacheEntry<K, V> entry) {
    if (entry.value == null) {
      return null;
    }
    byte[] bytes;
    try {
      bytes = Objects.requireNonNull(valueSerde.toBytes(entry.value), "the serde wrote null");
    } catch (RuntimeException e) {
      throw new StateException(
          "TM-3012",
          String.format(
              "store %s of task %s: the value of key %s cannot be written with %s"
                  + " (stores.%s.msg.serde): %s",
              name(),
              state.task(),
              entry.key,
              valueSerde.getClass().getName(),
              name(),
              e.getMessage()),
          e);
    }
    typicalValueBytes += (bytes.length - typicalValueBytes) / 8;
    return bytes;
  }

  private KeyValueIterator<K, V> iterate(byte[] from, byte @Nullable [] to) {
    checkThread();
    StoreIterator<K, V> iterator = new StoreIterator<>(this, ahead(from, to));
    openIterators.add(iterator);
    state.iteratorOpened();
    for (int slot : spec.splittable() ? slots.all() : new int[] {Slots.TASK_SLOT}) {
      byte[] start = Slots.engineKey(slot, from);
      byte[] end = to != null ? Slots.engineKey(slot, to) : KeyOrder.after(Arrays.copyOf(start, 2));
      iterator.addSource(engine.scan(engineStore, start, end));
    }
    return iterator;
  }

  /** A copy of the entries ahead of the engine in a range, as they are now. */
  private List<StoreIterator.Ahead<K, V>> ahead(byte[] from, byte @Nullable [] to) {
    TreeMap<byte[], CacheEntry<K, V>> sorted = overlay();
    byte[] start = Slots.engineKey(0, from);
    Collection<CacheEntry<K, V>> inRange =
        (to == null ? sorted.tailMap(start) : sorted.subMap(start, Slots.engineKey(0, to)))
            .values();
    List<StoreIterator.Ahead<K, V>> copies = new ArrayList<>();
    for (CacheEntry<K, V> entry : inRange) {
      copies.add(new StoreIterator.Ahead<>(entry.key, entry.engineKey, entry.value));
    }
    return copies;
  }

  /** The overlay, with entries that the engine has caught up with taken out. */
  private TreeMap<byte[], CacheEntry<K, V>> overlay() {
    TreeMap<byte[], CacheEntry<K, V>> sorted = overlay;
    long applied = state.appliedCommit();
    if (sorted == null) {
      TreeMap<byte[], CacheEntry<K, V>> fresh = new TreeMap<>(KeyOrder.WITHIN_SLOTS);
      cache.forEach(
          entry -> {
            if (entry.ahead(applied)) {
              addToOverlay(fresh, entry);
            }
          });
      overlay = fresh;
      overlayPurgedAt = applied;
      return fresh;
    }
    if (applied > overlayPurgedAt) {
      sorted
          .values()
          .removeIf(
              entry -> {
                entry.inOverlay = entry.ahead(applied);
                return !entry.inOverlay;
              });
      overlayPurgedAt = applied;
    }
    return sorted;
  }

  private long overlayPurgedAt;

  private void addToOverlay(TreeMap<byte[], CacheEntry<K, V>> sorted, CacheEntry<K, V> entry) {
    sorted.put(entry.engineKey, entry);
    entry.inOverlay = true;
  }

  private K requireKey(K key) {
    return Objects.requireNonNull(key, () -> "store " + name() + ": a key may not be null");
  }

  private byte[] keyBytes(K key) {
    return Objects.requireNonNull(
        keySerde.toBytes(key), () -> "store " + name() + ": the key serde wrote null");
  }
}
