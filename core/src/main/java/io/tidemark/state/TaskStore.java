package io.tidemark.state;

import io.tidemark.api.Entry;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueSnapshot;
import io.tidemark.api.KeyValueStore;
import io.tidemark.journal.BlockBuilder;
import io.tidemark.state.EngineReader.Direction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The store a task sees: checks what it is asked, and asks its {@link StoreEntries}. Confined to
 * the task's worker.
 */
final class TaskStore<K, V> implements KeyValueStore<K, V>, StoreView<K> {
  private final StoreSpec spec;
  private final TaskState state;
  private final StorageEngine engine;
  private final int engineStore;
  private final KeyCodec<K> keys;
  private final ValueCodec<V> values;
  private final StoreEntries<K, V> entries;
  private final StoreScans<K, V> scans;
  private final Sweep sweep;
  private final Expiry expiry;

  TaskStore(StoreSpec spec, TaskState state, StorageEngine engine, int engineStore, Slots slots) {
    String task = state.task().toString();
    this.spec = spec;
    this.state = state;
    this.engine = engine;
    this.engineStore = engineStore;
    keys = new KeyCodec<>(spec, task, slots);
    values = new ValueCodec<>(spec, task);
    entries = new StoreEntries<>(spec, state, engine, engineStore, keys, values);
    scans = new StoreScans<>(spec.name(), state, engineStore, keys, values, entries);
    sweep = new Sweep(this, state.sweepPace());
    expiry = new Expiry(spec.ttlMs(), sweep);
  }

  String name() {
    return spec.name();
  }

  @Override
  public String toString() {
    return "store " + name() + " of task " + state.task();
  }

  long appliedCommit() {
    return state.appliedCommit();
  }

  long now() {
    return state.now();
  }

  // ---- reads

  @Override
  public @Nullable V get(K key) {
    checkThread();
    return entries.value(entries.entry(requireKey(key)));
  }

  @Override
  public Map<K, V> getAll(List<K> wanted) {
    checkThread();
    wanted.forEach(this::requireKey);
    List<CacheEntry<K, V>> loaded = entries.entries(wanted);
    Map<K, V> found = new LinkedHashMap<>();
    for (int i = 0; i < loaded.size(); i++) {
      V value = entries.value(loaded.get(i));
      if (value != null) {
        found.put(wanted.get(i), value);
      }
    }
    return found;
  }

  @Override
  public KeyValueIterator<K, V> range(K from, K to) {
    checkThread();
    return scans.range(this, from, to, Direction.FORWARD);
  }

  @Override
  public KeyValueIterator<K, V> reverseRange(K from, K to) {
    checkThread();
    return scans.range(this, from, to, Direction.BACKWARD);
  }

  @Override
  public KeyValueIterator<K, V> prefix(byte[] prefix) {
    checkThread();
    return scans.prefix(this, prefix);
  }

  @Override
  public KeyValueIterator<K, V> all() {
    checkThread();
    return scans.all(this, Direction.FORWARD);
  }

  @Override
  public KeyValueIterator<K, V> reverseAll() {
    checkThread();
    return scans.all(this, Direction.BACKWARD);
  }

  @Override
  public long approximateEntries() {
    checkThread();
    return engine.approximateEntries(engineStore)
        + entries.dirtyEntries()
        + state.heldChanges(name());
  }

  @Override
  public KeyValueSnapshot<K, V> snapshot() {
    checkThread();
    NavigableMap<byte[], StoreIterator.Ahead<K>> ahead = new TreeMap<>(KeyOrder.WITHIN_SLOTS);
    entries.overlay().values().forEach(entry -> ahead.put(entry.engineKey, ahead(entry)));
    StoreSnapshot<K, V> snapshot =
        new StoreSnapshot<>(this, scans, engine.snapshot(), engineStore, ahead);
    scans.snapshotOpened(snapshot);
    return snapshot;
  }

  // ---- writes

  @Override
  public void put(K key, V value) {
    checkThread();
    put(key, value, expiry.ofWrite(state));
  }

  @Override
  public void put(K key, V value, Duration timeToLive) {
    checkThread();
    Objects.requireNonNull(
        timeToLive, () -> "store " + name() + ": a time to live may not be null");
    if (timeToLive.isNegative() || timeToLive.isZero()) {
      throw new IllegalArgumentException(
          "store " + name() + ": a time to live of " + timeToLive + " is not positive");
    }
    put(key, value, expiry.ofWrite(state, timeToLive));
  }

  private void put(K key, V value, long expires) {
    entries.write(requireKey(key), requireValue(value), expires);
  }

  @Override
  public void putAll(List<Entry<K, V>> added) {
    checkThread();
    for (Entry<K, V> entry : added) {
      Objects.requireNonNull(
          entry, () -> "store " + name() + ": an element of putAll may not be null");
      requireKey(entry.key());
      requireValue(entry.value());
    }
    for (Entry<K, V> entry : added) {
      put(entry.key(), entry.value());
    }
  }

  @Override
  public @Nullable V putIfAbsent(K key, V value) {
    checkThread();
    requireValue(value);
    CacheEntry<K, V> entry = entries.entry(requireKey(key));
    V before = entries.value(entry);
    if (before == null) {
      setTo(entry, value);
    }
    return before;
  }

  @Override
  public @Nullable V compute(K key, UnaryOperator<@Nullable V> update) {
    checkThread();
    requireFunction(update);
    CacheEntry<K, V> entry = entries.entry(requireKey(key));
    V before = entries.value(entry);
    V after = update.apply(before);
    if (after != null) {
      setTo(entries.stillCached(entry), after);
    } else if (before != null) {
      entries.set(entries.stillCached(entry), null, StoredValue.NEVER);
    }
    return after;
  }

  @Override
  public V merge(K key, V value, BinaryOperator<V> combine) {
    checkThread();
    requireValue(value);
    requireFunction(combine);
    CacheEntry<K, V> entry = entries.entry(requireKey(key));
    V before = entries.value(entry);
    V after =
        before == null
            ? value
            : Objects.requireNonNull(
                combine.apply(before, value),
                () -> "store " + name() + ": the function of merge gave null; delete the key");
    setTo(entries.stillCached(entry), after);
    return after;
  }

  @Override
  public void delete(K key) {
    checkThread();
    entries.write(requireKey(key), null, StoredValue.NEVER);
  }

  @Override
  public void deleteAll(List<K> removed) {
    checkThread();
    removed.forEach(this::requireKey);
    removed.forEach(this::delete);
  }

  // ---- what a record did, and undoing it

  /** From here on changes can be undone, until {@link #keep} or {@link #undo}. */
  void makeUndoable() {
    entries.makeUndoable();
  }

  /** Keeps the changes made since {@link #makeUndoable}. */
  void keep() {
    entries.keep();
  }

  /** Undoes the changes made since {@link #makeUndoable}. */
  void undo() {
    entries.undo();
  }

  // ---- commits

  /** Adds what changed since the last block to that of a commit. */
  void writeChanges(BlockBuilder block, long commit) {
    sweep.committed(commit);
    entries.writeChanges(block, commit);
  }

  // ---- what becomes of entries that nobody touches

  /** Takes the schemas that its values ever had, by their numbers. */
  void remember(List<String> valueSchemas) {
    values.remember(valueSchemas);
  }

  /** Removes and migrates some of what the engine holds; call it before each commit. */
  void sweep() {
    sweep.lookOn();
  }

  /**
   * Whether all entries of former schemas, if there are any, are migrated before the task begins.
   */
  boolean migratesEagerly() {
    return spec.migrations().eager() && values.migrates();
  }

  /** Looks at entries of the engine from a key on, in the engine's order. */
  EngineIterator scanFrom(byte[] engineKey) {
    return engine.scan(engineStore, engineKey, null);
  }

  /** Whether a value that begins with this byte is of a schema to be migrated. */
  boolean isOld(byte header) {
    return values.isOld(header);
  }

  /** The schema that values are written with, for messages. */
  String schema() {
    return values.present();
  }

  /**
   * Removes an entry whose time is over.
   *
   * @param commit one that the engine had when it showed the entry; if it was written since, it
   *     stays
   */
  void removeExpired(byte[] engineKey, long commit) {
    K key = keys.key(engineKey);
    if (!entries.isWrittenSince(key, engineKey, commit)) {
      entries.set(entries.cachedOrAdded(key, engineKey), null, StoredValue.NEVER);
    }
  }

  /**
   * Writes an entry of a former schema anew.
   *
   * @param commit as in {@link #removeExpired}
   * @return false if it was written since
   */
  boolean migrate(byte[] engineKey, byte[] stored, long commit) {
    K key = keys.key(engineKey);
    if (entries.isWrittenSince(key, engineKey, commit)) {
      return false;
    }
    long expires = StoredValue.expires(stored);
    Object cached = entries.format().toCached(key, values.read(key, stored), expires);
    entries.set(entries.cachedOrAdded(key, engineKey), cached, expires);
    return true;
  }

  // ---- iterators and snapshots

  /** Its iterators and snapshots. */
  StoreScans<K, V> scans() {
    return scans;
  }

  /** Its entries. */
  StoreEntries<K, V> entries() {
    return entries;
  }

  void checkThread() {
    state.checkThread(name());
  }

  @Override
  public EngineReader engine() {
    return engine;
  }

  @Override
  public Collection<StoreIterator.Ahead<K>> ahead(
      byte[] from, byte @Nullable [] to, Direction direction) {
    NavigableMap<byte[], CacheEntry<K, V>> range =
        to == null
            ? entries.overlay().tailMap(from, true)
            : entries.overlay().subMap(from, true, to, false);
    List<StoreIterator.Ahead<K>> copies = new ArrayList<>();
    (direction == Direction.FORWARD ? range : range.descendingMap())
        .values()
        .forEach(entry -> copies.add(ahead(entry)));
    return copies;
  }

  private static <K, V> StoreIterator.Ahead<K> ahead(CacheEntry<K, V> entry) {
    return new StoreIterator.Ahead<>(entry.key, entry.engineKey, entry.value(), entry.expires);
  }

  V fromStored(K key, byte[] stored) {
    return values.read(key, stored);
  }

  /** The engine's key of a key. */
  byte[] engineKey(K key) {
    return keys.engineKey(key, keys.bytes(requireKey(key)));
  }

  /** Sets an entry that is cached to a value that lives as long as the store says. */
  private void setTo(CacheEntry<K, V> entry, V value) {
    long expires = expiry.ofWrite(state);
    entries.set(entry, entries.format().toCached(entry.key, value, expires), expires);
  }

  private K requireKey(K key) {
    if (key == null) { // no lambda, which would be an object for each access
      throw new NullPointerException("store " + name() + ": a key may not be null");
    }
    return key;
  }

  private V requireValue(V value) {
    if (value == null) {
      throw new NullPointerException(
          "store " + name() + ": a value may not be null; delete the key");
    }
    return value;
  }

  private void requireFunction(Object function) {
    if (function == null) {
      throw new NullPointerException("store " + name() + ": a function may not be null");
    }
  }
}
