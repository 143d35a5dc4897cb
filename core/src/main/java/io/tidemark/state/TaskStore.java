package io.tidemark.state;

import io.tidemark.api.BytesSerde;
import io.tidemark.api.Entry;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueSnapshot;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.StringSerde;
import io.tidemark.journal.BlockBuilder;
import io.tidemark.state.EngineReader.Direction;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BinaryOperator;
import java.util.function.UnaryOperator;
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
final class TaskStore<K, V> implements KeyValueStore<K, V>, StoreView<K>, ObjectCache.Owner {
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private final int number = NUMBERS.incrementAndGet();
  private final StoreSpec spec;
  private final TaskState state;
  private final StorageEngine engine;
  private final int engineStore;
  private final KeyCodec<K> keys;
  private final ValueCodec<V> values;
  private final ObjectCache cache;
  private final EntryCost cost;
  private final boolean keysAreValues;
  private final Sweep sweep = new Sweep(this);

  /** Whether a value tells how many bytes it has at least when it is serialized. */
  private final boolean sizesAreKnown;

  private final Expiry expiry;
  private final Deque<Held<K, V>> held = new ArrayDeque<>();
  private List<CacheEntry<K, V>> dirty = new ArrayList<>();
  private final List<Undo<K, V>> undos = new ArrayList<>();
  private final List<StoreIterator<K, V>> openIterators = new ArrayList<>(2);
  private final List<StoreSnapshot<K, V>> openSnapshots = new ArrayList<>(2);

  /** The entries ahead of the engine by key, from the first range on; null before. */
  private @Nullable TreeMap<byte[], CacheEntry<K, V>> overlay;

  private long overlayPurgedAt;
  private boolean undoable;

  /** The entries that a commit changed, which the engine may not have applied yet. */
  private record Held<K, V>(long commit, List<CacheEntry<K, V>> entries) {}

  private record Undo<K, V>(
      CacheEntry<K, V> entry, @Nullable Object value, long expires, boolean wasDirty) {}

  TaskStore(StoreSpec spec, TaskState state, StorageEngine engine, int engineStore, Slots slots) {
    String task = state.task().toString();
    this.spec = spec;
    this.state = state;
    this.engine = engine;
    this.engineStore = engineStore;
    this.cache = state.cache();
    keys = new KeyCodec<>(spec, task, slots);
    values = new ValueCodec<>(spec, task);
    keysAreValues = keys.keysAreValues();
    Object valueSerde = spec.valueSerde();
    sizesAreKnown = valueSerde instanceof BytesSerde || valueSerde instanceof StringSerde;
    cost = new EntryCost(keysAreValues);
    expiry = new Expiry(spec.ttlMs(), sweep);
  }

  String name() {
    return spec.name();
  }

  @Override
  public String toString() {
    return "store " + name() + " of task " + state.task();
  }

  @Override
  public int number() {
    return number;
  }

  @Override
  public long appliedCommit() {
    return state.appliedCommit();
  }

  long now() {
    return state.now();
  }

  // ---- reads

  @Override
  public @Nullable V get(K key) {
    checkThread();
    return value(entry(requireKey(key)));
  }

  @Override
  public Map<K, V> getAll(List<K> wanted) {
    checkThread();
    List<CacheEntry<K, V>> entries = entries(wanted);
    Map<K, V> found = new LinkedHashMap<>();
    for (int i = 0; i < entries.size(); i++) {
      V value = value(entries.get(i));
      if (value != null) {
        found.put(wanted.get(i), value);
      }
    }
    return found;
  }

  @Override
  public KeyValueIterator<K, V> range(K from, K to) {
    checkThread();
    return range(this, from, to, Direction.FORWARD);
  }

  @Override
  public KeyValueIterator<K, V> reverseRange(K from, K to) {
    checkThread();
    return range(this, from, to, Direction.BACKWARD);
  }

  @Override
  public KeyValueIterator<K, V> prefix(byte[] prefix) {
    checkThread();
    return prefix(this, prefix);
  }

  @Override
  public KeyValueIterator<K, V> all() {
    checkThread();
    return all(this, Direction.FORWARD);
  }

  @Override
  public KeyValueIterator<K, V> reverseAll() {
    checkThread();
    return all(this, Direction.BACKWARD);
  }

  @Override
  public long approximateEntries() {
    checkThread();
    return engine.approximateEntries(engineStore) + dirty.size() + state.heldChanges(name());
  }

  @Override
  public KeyValueSnapshot<K, V> snapshot() {
    checkThread();
    NavigableMap<byte[], StoreIterator.Ahead<K>> ahead = new TreeMap<>(KeyOrder.WITHIN_SLOTS);
    overlay().values().forEach(entry -> ahead.put(entry.engineKey, ahead(entry)));
    StoreSnapshot<K, V> snapshot = new StoreSnapshot<>(this, engine.snapshot(), engineStore, ahead);
    openSnapshots.add(snapshot);
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
    requireKey(key);
    Object cached = toCached(key, requireValue(value), expires);
    set(entryForWrite(key), cached, expires);
  }

  @Override
  public void putAll(List<Entry<K, V>> entries) {
    checkThread();
    for (Entry<K, V> entry : entries) {
      Objects.requireNonNull(
          entry, () -> "store " + name() + ": an element of putAll may not be null");
      requireKey(entry.key());
      requireValue(entry.value());
    }
    for (Entry<K, V> entry : entries) {
      put(entry.key(), entry.value());
    }
  }

  @Override
  public @Nullable V putIfAbsent(K key, V value) {
    checkThread();
    requireValue(value);
    CacheEntry<K, V> entry = entry(requireKey(key));
    V before = value(entry);
    if (before == null) {
      setTo(entry, value);
    }
    return before;
  }

  @Override
  public @Nullable V compute(K key, UnaryOperator<@Nullable V> update) {
    checkThread();
    requireFunction(update);
    CacheEntry<K, V> entry = entry(requireKey(key));
    V before = value(entry);
    V after = update.apply(before);
    if (after != null) {
      setTo(stillCached(entry), after);
    } else if (before != null) {
      set(stillCached(entry), null, StoredValue.NEVER);
    }
    return after;
  }

  @Override
  public V merge(K key, V value, BinaryOperator<V> combine) {
    checkThread();
    requireValue(value);
    requireFunction(combine);
    CacheEntry<K, V> entry = entry(requireKey(key));
    V before = value(entry);
    V after =
        before == null
            ? value
            : Objects.requireNonNull(
                combine.apply(before, value),
                () -> "store " + name() + ": the function of merge gave null; delete the key");
    setTo(stillCached(entry), after);
    return after;
  }

  @Override
  public void delete(K key) {
    checkThread();
    set(entryForWrite(requireKey(key)), null, StoredValue.NEVER);
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
      undo.entry.expires = undo.expires;
      if (undo.entry.dirty && !undo.wasDirty) {
        undo.entry.dirty = false;
        dirty.remove(dirty.size() - 1);
      }
    }
    keep();
  }

  // ---- commits

  boolean isDirty() {
    return !dirty.isEmpty();
  }

  /** Adds what changed since the last block to a block, and makes it part of that commit. */
  void writeChanges(BlockBuilder block, long commit) {
    while (!held.isEmpty() && held.peek().commit <= state.appliedCommit()) {
      held.remove();
    }
    sweep.committed(commit);
    if (dirty.isEmpty()) {
      return;
    }
    block.beginStore(name(), dirty.size());
    for (CacheEntry<K, V> entry : dirty) {
      byte[] stored = stored(entry);
      block.change(entry.engineKey, stored);
      entry.dirty = false;
      entry.commit = commit;
    }
    block.endStore();
    held.add(new Held<>(commit, dirty));
    dirty = new ArrayList<>();
    cache.evict();
  }

  private byte @Nullable [] stored(CacheEntry<K, V> entry) {
    Object value = entry.value;
    int size = 0;
    byte[] stored = null;
    if (value != null && spec.cache() == CacheMode.OBJECTS) {
      stored = values.write(entry.key, object(value), entry.expires);
      cost.learn(value, stored.length);
      size = cost.value(value, stored.length);
    } else if (value != null) {
      stored = (byte[]) value;
      size = cost.value(stored);
    }
    cache.resize(entry, size);
    return stored;
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
    if (!isWrittenSince(cacheKey(key, engineKey), commit)) {
      set(cachedOrAdded(key, engineKey), null, StoredValue.NEVER);
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
    if (isWrittenSince(cacheKey(key, engineKey), commit)) {
      return false;
    }
    long expires = StoredValue.expires(stored);
    Object cached = toCached(key, values.read(key, stored), expires);
    set(cachedOrAdded(key, engineKey), cached, expires);
    return true;
  }

  private boolean isWrittenSince(Object cacheKey, long commit) {
    CacheEntry<K, V> entry = inCache(cacheKey);
    return entry != null && entry.ahead(commit);
  }

  private CacheEntry<K, V> cachedOrAdded(K key, byte[] engineKey) {
    Object cacheKey = cacheKey(key, engineKey);
    CacheEntry<K, V> entry = inCache(cacheKey);
    if (entry == null) {
      entry = new CacheEntry<>(this, cacheKey, key, engineKey);
      cache.add(entry, cost.entry(key, engineKey), 0);
    }
    return entry;
  }

  private Object cacheKey(K key, byte[] engineKey) {
    return keysAreValues
        ? key
        : new KeyOrder.Bytes(Arrays.copyOfRange(engineKey, Slots.PREFIX_BYTES, engineKey.length));
  }

  // ---- iterators and snapshots

  /**
   * Closes the iterators left open.
   *
   * @return how many there were
   */
  int closeIterators() {
    int open = openIterators.size();
    while (!openIterators.isEmpty()) {
      openIterators.get(openIterators.size() - 1).release();
    }
    return open;
  }

  /**
   * Closes the snapshots left open.
   *
   * @return how many there were
   */
  int closeSnapshots() {
    int open = openSnapshots.size();
    while (!openSnapshots.isEmpty()) {
      openSnapshots.get(openSnapshots.size() - 1).release();
    }
    return open;
  }

  void iteratorClosed(StoreIterator<K, V> iterator) {
    openIterators.remove(iterator);
    state.iteratorClosed();
  }

  /** Closes the iterators of a snapshot with it. */
  void snapshotClosed(StoreSnapshot<K, V> snapshot) {
    openSnapshots.remove(snapshot);
    List.copyOf(openIterators).stream()
        .filter(iterator -> iterator.isOf(snapshot))
        .forEach(StoreIterator::release);
  }

  /** What made the first of the open iterators. */
  String firstOpenIterator() {
    return openIterators.isEmpty() ? "none" : openIterators.get(0).madeBy();
  }

  void checkThread() {
    state.checkThread(this);
  }

  KeyValueIterator<K, V> range(StoreView<K> view, K from, K to, Direction direction) {
    String call = direction == Direction.FORWARD ? "range" : "reverseRange";
    byte[] fromBytes = keys.bytes(requireKey(from));
    byte[] toBytes = keys.bytes(requireKey(to));
    if (Arrays.compareUnsigned(fromBytes, toBytes) > 0) {
      throw new IllegalArgumentException(
          "store " + name() + ": the range begins after its end, " + from + " to " + to);
    }
    int[] slots = keys.slotsOf(from, fromBytes, to, toBytes);
    return iterate(call, view, slots, fromBytes, toBytes, direction);
  }

  KeyValueIterator<K, V> prefix(StoreView<K> view, byte[] prefix) {
    Objects.requireNonNull(prefix, () -> "store " + name() + ": a prefix may not be null");
    byte[] after = KeyOrder.after(prefix);
    return iterate("prefix", view, keys.slotsOf(prefix), prefix, after, Direction.FORWARD);
  }

  KeyValueIterator<K, V> all(StoreView<K> view, Direction direction) {
    String call = direction == Direction.FORWARD ? "all" : "reverseAll";
    return iterate(call, view, keys.slotsOf(new byte[0]), new byte[0], null, direction);
  }

  private KeyValueIterator<K, V> iterate(
      String call,
      StoreView<K> view,
      int[] slots,
      byte[] from,
      byte @Nullable [] to,
      Direction direction) {
    byte[] start = Slots.engineKey(0, from);
    byte[] end = to == null ? null : Slots.engineKey(0, to);
    StoreIterator<K, V> iterator =
        new StoreIterator<>(this, view, call, view.ahead(start, end, direction), direction, now());
    openIterators.add(iterator);
    state.iteratorOpened();
    for (int slot : slots) {
      byte[] slotStart = Slots.engineKey(slot, from);
      byte[] slotEnd =
          to != null ? Slots.engineKey(slot, to) : KeyOrder.after(Arrays.copyOf(slotStart, 2));
      iterator.addSource(view.engine().scan(engineStore, slotStart, slotEnd, direction));
    }
    return iterator;
  }

  @Override
  public EngineReader engine() {
    return engine;
  }

  @Override
  public Collection<StoreIterator.Ahead<K>> ahead(
      byte[] from, byte @Nullable [] to, Direction direction) {
    NavigableMap<byte[], CacheEntry<K, V>> range =
        to == null ? overlay().tailMap(from, true) : overlay().subMap(from, true, to, false);
    List<StoreIterator.Ahead<K>> copies = new ArrayList<>();
    (direction == Direction.FORWARD ? range : range.descendingMap())
        .values()
        .forEach(entry -> copies.add(ahead(entry)));
    return copies;
  }

  private static <K, V> StoreIterator.Ahead<K> ahead(CacheEntry<K, V> entry) {
    return new StoreIterator.Ahead<>(entry.key, entry.engineKey, entry.value, entry.expires);
  }

  /** An entry as the task sees it. */
  Entry<K, V> entry(byte[] engineKey, byte[] stored) {
    K key = keys.key(engineKey);
    return new Entry<>(key, values.read(key, stored));
  }

  V fromStored(K key, byte[] stored) {
    return values.read(key, stored);
  }

  /** The engine's key of a key. */
  byte[] engineKey(K key) {
    return keys.engineKey(key, keys.bytes(requireKey(key)));
  }

  /** The value in the form in which the cache has it. */
  V toValue(K key, Object cached) {
    return spec.cache() == CacheMode.OBJECTS ? object(cached) : values.read(key, (byte[]) cached);
  }

  @SuppressWarnings("unchecked") // a store of objects caches objects of its type
  private V object(Object cached) {
    return (V) cached;
  }

  // ---- entries

  /** The entry's value now; null if it has none or its time is over. */
  private @Nullable V value(CacheEntry<K, V> entry) {
    Object value = entry.value;
    if (value == null || (entry.expires != StoredValue.NEVER && entry.expires <= now())) {
      return null;
    }
    return toValue(entry.key, value);
  }

  @SuppressWarnings("unchecked") // an entry is found by its store and the key
  private @Nullable CacheEntry<K, V> inCache(Object cacheKey) {
    return (CacheEntry<K, V>) cache.get(this, cacheKey);
  }

  /** The entry in the cache, if it may be used: without one, only if it is ahead. */
  private @Nullable CacheEntry<K, V> cached(Object cacheKey) {
    CacheEntry<K, V> entry = inCache(cacheKey);
    if (entry != null && spec.cache() == CacheMode.OFF && !entry.isAhead()) {
      cache.remove(entry);
      return null;
    }
    return entry;
  }

  private CacheEntry<K, V> entry(K key) {
    byte[] bytes = keysAreValues ? null : keys.bytes(key);
    Object cacheKey = bytes == null ? key : new KeyOrder.Bytes(bytes);
    CacheEntry<K, V> entry = cached(cacheKey);
    if (entry == null) {
      byte[] engineKey = keys.engineKey(key, bytes == null ? keys.bytes(key) : bytes);
      entry = new CacheEntry<>(this, cacheKey, key, engineKey);
      load(entry, engine.get(engineStore, engineKey));
    }
    return entry;
  }

  /**
   * A function of the user's may have used the store, and the entry may have been evicted meanwhile
   * or, after that, be another. One that was evicted is still what the engine has.
   */
  private CacheEntry<K, V> stillCached(CacheEntry<K, V> entry) {
    CacheEntry<K, V> now = inCache(entry.cacheKey);
    if (now == null) {
      cache.add(entry, entry.bytes - entry.valueBytes, entry.valueBytes);
      return entry;
    }
    return now;
  }

  /** Gives a new entry the engine's value, and caches it. */
  private void load(CacheEntry<K, V> entry, byte @Nullable [] stored) {
    int size = 0;
    if (stored != null) {
      entry.expires = StoredValue.expires(stored);
      if (spec.cache() == CacheMode.OBJECTS) {
        V value = values.read(entry.key, stored);
        cost.learn(value, stored.length);
        entry.value = value;
        size = cost.value(value, stored.length);
      } else {
        entry.value = stored;
        size = cost.value(stored);
      }
    }
    cache.evict(); // before, lest the entry go that is about to be written
    cache.add(entry, cost.entry(entry.key, entry.engineKey), size);
  }

  /** The entries of some keys; those that are not cached are loaded together. */
  private List<CacheEntry<K, V>> entries(List<K> wanted) {
    List<CacheEntry<K, V>> entries = new ArrayList<>(wanted.size());
    Map<Object, CacheEntry<K, V>> missing = new LinkedHashMap<>();
    for (K key : wanted) {
      byte[] bytes = keysAreValues ? null : keys.bytes(requireKey(key));
      Object cacheKey = bytes == null ? requireKey(key) : new KeyOrder.Bytes(bytes);
      CacheEntry<K, V> entry = missing.get(cacheKey);
      if (entry == null) {
        entry = cached(cacheKey);
      }
      if (entry == null) {
        byte[] engineKey = keys.engineKey(key, bytes == null ? keys.bytes(key) : bytes);
        entry = new CacheEntry<>(this, cacheKey, key, engineKey);
        missing.put(cacheKey, entry);
      }
      entries.add(entry);
    }
    if (!missing.isEmpty()) {
      List<CacheEntry<K, V>> loaded = List.copyOf(missing.values());
      adopt(loaded, read(loaded));
    }
    return entries;
  }

  /** A new entry for a key, without its value; null if the key is cached. */
  @Nullable CacheEntry<K, V> missing(K key) {
    byte[] bytes = keysAreValues ? null : keys.bytes(requireKey(key));
    Object cacheKey = bytes == null ? requireKey(key) : new KeyOrder.Bytes(bytes);
    if (cached(cacheKey) != null) {
      return null;
    }
    byte[] engineKey = keys.engineKey(key, bytes == null ? keys.bytes(key) : bytes);
    return new CacheEntry<>(this, cacheKey, key, engineKey);
  }

  /** The engine's values of some entries. Any thread may call it. */
  byte[] @Nullable [] read(List<CacheEntry<K, V>> entries) {
    return engine.getAll(
        engineStore, entries.stream().map(entry -> entry.engineKey).toArray(byte[][]::new));
  }

  /** Caches entries with the engine's values, but for those that are cached by now. */
  void adopt(List<CacheEntry<K, V>> entries, byte[] @Nullable [] stored) {
    for (int i = 0; i < entries.size(); i++) {
      CacheEntry<K, V> entry = entries.get(i);
      if (cached(entry.cacheKey) == null) {
        load(entry, stored[i]);
      }
    }
  }

  /** A write need not know the former value, unless it may have to be undone. */
  private CacheEntry<K, V> entryForWrite(K key) {
    if (undoable) {
      return entry(key);
    }
    byte[] bytes = keysAreValues ? null : keys.bytes(key);
    Object cacheKey = bytes == null ? key : new KeyOrder.Bytes(bytes);
    CacheEntry<K, V> entry = cached(cacheKey);
    if (entry == null) {
      byte[] engineKey = keys.engineKey(key, bytes == null ? keys.bytes(key) : bytes);
      entry = new CacheEntry<>(this, cacheKey, key, engineKey);
      cache.evict();
      cache.add(entry, cost.entry(key, engineKey), 0);
    }
    return entry;
  }

  /** Sets an entry that is cached to a value that lives as long as the store says. */
  private void setTo(CacheEntry<K, V> entry, V value) {
    long expires = expiry.ofWrite(state);
    set(entry, toCached(entry.key, value, expires), expires);
  }

  /** A value in the form in which the cache has it, if it may be written at all. */
  private Object toCached(K key, V value, long expires) {
    if (spec.cache() != CacheMode.OBJECTS) {
      return values.write(key, value, expires);
    }
    if (sizesAreKnown) {
      values.checkSize(key, cost.stored(value));
    }
    return value;
  }

  /**
   * @param cached the value as {@link #toCached} gave it; null to remove the entry
   */
  private void set(CacheEntry<K, V> entry, @Nullable Object cached, long expires) {
    int stored = 0;
    int size = 0;
    if (cached != null && spec.cache() == CacheMode.OBJECTS) {
      stored = cost.stored(cached);
      size = cost.value(cached);
    } else if (cached != null) {
      stored = ((byte[]) cached).length;
      size = cost.value(cached);
    }
    if (undoable) {
      undos.add(new Undo<>(entry, entry.value, entry.expires, entry.dirty));
    }
    entry.value = cached;
    entry.expires = expires;
    if (!entry.dirty) {
      entry.dirty = true;
      dirty.add(entry);
      cache.resize(entry, size);
      state.changed(entry.engineKey.length + stored);
      if (overlay != null && !entry.inOverlay) {
        addToOverlay(overlay, entry);
      }
    }
  }

  // ---- the overlay

  /** The overlay, with entries that the engine has caught up with taken out. */
  private TreeMap<byte[], CacheEntry<K, V>> overlay() {
    TreeMap<byte[], CacheEntry<K, V>> sorted = overlay;
    long applied = state.appliedCommit();
    if (sorted == null) {
      TreeMap<byte[], CacheEntry<K, V>> fresh = new TreeMap<>(KeyOrder.WITHIN_SLOTS);
      held.forEach(commit -> commit.entries.forEach(entry -> addToOverlay(fresh, entry)));
      dirty.forEach(entry -> addToOverlay(fresh, entry));
      overlay = fresh;
      overlayPurgedAt = Long.MIN_VALUE;
      return overlay();
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

  private void addToOverlay(TreeMap<byte[], CacheEntry<K, V>> sorted, CacheEntry<K, V> entry) {
    sorted.put(entry.engineKey, entry);
    entry.inOverlay = true;
  }

  private K requireKey(K key) {
    return Objects.requireNonNull(key, () -> "store " + name() + ": a key may not be null");
  }

  private V requireValue(V value) {
    return Objects.requireNonNull(
        value, () -> "store " + name() + ": a value may not be null; delete the key");
  }

  private void requireFunction(Object function) {
    Objects.requireNonNull(function, () -> "store " + name() + ": a function may not be null");
  }
}
