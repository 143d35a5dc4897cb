package io.tidemark.state;

import io.tidemark.journal.BlockBuilder;
import io.tidemark.journal.StoreChanges;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The entries of one store: those in the cache, and behind it the engine's.
 *
 * <p>A write changes the cached entry and marks it dirty; the next block takes all dirty entries,
 * each serialized once however often it changed. Until the engine has applied that block the entry
 * stays cached. A write to a key that is not cached, whose value nobody asked for, makes no entry:
 * it is serialized at once, and becomes an entry when the key is read, or written again before the
 * next block. So a read is one look into the cache and, if it is not there, one at the {@link
 * UnreadWrites} and one into the engine.
 *
 * <p>Invariant: the engine's value, overridden by unread writes that it does not have, overridden
 * by the entries that are ahead of it, is the task's. Confined to the task's worker.
 */
final class StoreEntries<K, V> implements ObjectCache.Owner {
  private static final int TOUCHED_AHEAD = 32;

  private final StoreSpec spec;
  private final TaskState state;
  private final StorageEngine engine;
  private final int engineStore;
  private final KeyCodec<K> keys;
  private final ValueCodec<V> values;
  private final ObjectCache cache;
  private final EntryFormat<K, V> format;
  private final boolean keysAreValues;
  private final UnreadWrites unread;
  private final Deque<Held<K, V>> held = new ArrayDeque<>();
  private List<CacheEntry<K, V>> dirty = new ArrayList<>();
  private final List<Undo<K, V>> undos = new ArrayList<>();

  /** The entries ahead of the engine by key, from the first scan on; null before. */
  private @Nullable TreeMap<byte[], CacheEntry<K, V>> overlay;

  private long overlayPurgedAt;
  private boolean undoable;

  /** Whether an entry was looked for by the key of the sampled record, the object itself. */
  private boolean askedByRecordKey;

  /** Whether that entry was in the cache. */
  private boolean foundByRecordKey;

  /** Whether it was looked for to read, or to write what may have to be undone. */
  private boolean readByRecordKey;

  /** Of no meaning, but kept, so that reading to touch is not left out. */
  private int touched;

  private final ReadAhead<K, V> readAhead;

  /** The entries that a commit changed, which the engine may not have applied yet. */
  private record Held<K, V>(long commit, List<CacheEntry<K, V>> entries) {}

  private record Undo<K, V>(
      CacheEntry<K, V> entry, @Nullable Object value, long expires, boolean wasDirty) {}

  StoreEntries(
      StoreSpec spec,
      TaskState state,
      StorageEngine engine,
      int engineStore,
      KeyCodec<K> keys,
      ValueCodec<V> values) {
    this.spec = spec;
    this.state = state;
    this.engine = engine;
    this.engineStore = engineStore;
    this.keys = keys;
    this.values = values;
    this.cache = state.cache();
    this.unread = new UnreadWrites(this, cache);
    keysAreValues = keys.keysAreValues();
    format = new EntryFormat<>(this, spec, values, keysAreValues);
    readAhead = new ReadAhead<>(this);
  }

  @Override
  public int task() {
    return state.number();
  }

  @Override
  public int store() {
    return engineStore;
  }

  @Override
  public long appliedCommit() {
    return state.appliedCommit();
  }

  // ---- finding

  /** The entry's value now; null if it has none or its time is over. */
  @Nullable V value(CacheEntry<K, V> entry) {
    Object value = entry.value();
    if (value == null || (entry.expires != StoredValue.NEVER && entry.expires <= state.now())) {
      return null;
    }
    return format.toValue(entry.key, value);
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

  /** Whether the sampled record's key was found in the cache, so that others' may be, too. */
  boolean isFoundByRecordKey() {
    return foundByRecordKey && keysAreValues;
  }

  /**
   * Touches the unread writes of some keys of records, if it was asked for the sampled record's,
   * and loads the entries that are missing, and those of further keys, if many are.
   *
   * @param count how many keys are of the records that come next
   * @param place of the first, in the row of all records
   */
  void expect(@Nullable Object[] recordKeys, int count, long place) {
    if (isAskedByRecordKeys()) {
      askedByRecordKey = false;
      foundByRecordKey = false;
      touched += unread.touch(recordKeys, count);
      if (readByRecordKey && spec.cache() != CacheMode.OFF) {
        readAhead.next(recordKeys, count, place);
      }
      readByRecordKey = false;
    }
  }

  /** How much the worker's stores may cache, in bytes. */
  long cacheBytes() {
    return cache.maxBytes();
  }

  /** Whether it would load entries of records that come after the next. */
  boolean isLoadingAhead() {
    return readAhead.isLoading();
  }

  /** Whether a key, which stands for its bytes, is in the cache; does not count as a use. */
  boolean isCached(Object recordKey) {
    return cache.has(this, recordKey);
  }

  /** Whether touching entries by keys of records is worthwhile, by the record sampled last. */
  boolean isAskedByRecordKeys() {
    return askedByRecordKey && keysAreValues;
  }

  CacheEntry<K, V> entry(K key) {
    boolean isSampled = key == state.sampledKey();
    askedByRecordKey |= isSampled;
    readByRecordKey |= isSampled;
    byte[] bytes = keysAreValues ? null : keys.bytes(key);
    Object cacheKey = bytes == null ? key : new KeyOrder.Bytes(bytes);
    CacheEntry<K, V> entry = cached(cacheKey);
    foundByRecordKey |= isSampled && entry != null;
    if (entry == null) {
      entry = created(key, cacheKey, bytes);
      if (!loadUnread(entry)) {
        readAhead.missed();
        load(entry, engine.get(engineStore, entry.engineKey));
      }
    } else if (entry.loadedAhead) {
      readAhead.read(entry);
    }
    return entry;
  }

  /**
   * Gives a new entry what was written to its key and not read, and caches it, if there is that.
   */
  private boolean loadUnread(CacheEntry<K, V> entry) {
    long place = unread.find(entry.cacheKey, entry.engineKey);
    if (place == UnreadWrites.NOWHERE) {
      return false;
    }
    long commit = unread.commit(place);
    byte[] stored = unread.stored(place);
    if (commit == 0) {
      unread.remove(entry.cacheKey, place);
    }
    load(entry, stored);
    takeOver(entry, commit);
    return true;
  }

  /** An entry has a value that was written without one. */
  private void takeOver(CacheEntry<K, V> entry, long commit) {
    entry.commit = commit;
    if (commit == 0) {
      entry.dirty = true;
      dirty.add(entry);
    }
  }

  /** A new entry, whose value is not known yet and which is not in the cache. */
  private CacheEntry<K, V> created(K key, Object cacheKey, byte @Nullable [] bytes) {
    byte[] engineKey = keys.engineKey(key, bytes == null ? keys.bytes(key) : bytes);
    return format.newEntry(cacheKey, key, engineKey);
  }

  /**
   * A function of the user's may have used the store, and the entry may have been evicted meanwhile
   * or, after that, be another. One that was evicted is still what the engine has.
   */
  CacheEntry<K, V> stillCached(CacheEntry<K, V> entry) {
    CacheEntry<K, V> now = inCache(entry.cacheKey);
    if (now == null && unread.find(entry.cacheKey, entry.engineKey) != UnreadWrites.NOWHERE) {
      return entry(entry.key);
    }
    if (now == null) {
      cache.add(entry, entry.bytes - entry.valueBytes, entry.valueBytes);
      return entry;
    }
    return now;
  }

  /** Gives a new entry the engine's value, and caches it. */
  private void load(CacheEntry<K, V> entry, byte @Nullable [] stored) {
    int size = format.read(entry, stored);
    cache.evict(); // before, lest the entry go that is about to be written
    cache.add(entry, format.entryBytes(entry), size);
  }

  /** The entries of some keys; those that are not cached are loaded together. */
  List<CacheEntry<K, V>> entries(List<K> wanted) {
    List<CacheEntry<K, V>> entries = new ArrayList<>(wanted.size());
    Map<Object, CacheEntry<K, V>> missing = new LinkedHashMap<>();
    for (K key : wanted) {
      byte[] bytes = keysAreValues ? null : keys.bytes(key);
      Object cacheKey = bytes == null ? key : new KeyOrder.Bytes(bytes);
      CacheEntry<K, V> entry = missing.get(cacheKey);
      if (entry == null) {
        entry = cached(cacheKey);
      }
      if (entry == null) {
        entry = created(key, cacheKey, bytes);
        if (!loadUnread(entry)) {
          missing.put(cacheKey, entry);
        }
      }
      entries.add(entry);
    }
    if (!missing.isEmpty()) {
      List<CacheEntry<K, V>> loaded = List.copyOf(missing.values());
      byte[] @Nullable [] stored = read(loaded);
      for (int i = 0; i < loaded.size(); i++) {
        load(loaded.get(i), stored[i]);
      }
    }
    return entries;
  }

  /** A new entry for a key, without its value; null if the value is known without the engine. */
  @Nullable CacheEntry<K, V> missing(K key) {
    byte[] bytes = keysAreValues ? null : keys.bytes(key);
    Object cacheKey = bytes == null ? key : new KeyOrder.Bytes(bytes);
    if (cached(cacheKey) != null) {
      return null;
    }
    CacheEntry<K, V> entry = created(key, cacheKey, bytes);
    return unread.find(entry.cacheKey, entry.engineKey) == UnreadWrites.NOWHERE ? entry : null;
  }

  /** The engine's values of some entries. Any thread may call it. */
  byte[] @Nullable [] read(List<CacheEntry<K, V>> entries) {
    return engine.getAll(
        engineStore, entries.stream().map(entry -> entry.engineKey).toArray(byte[][]::new));
  }

  /** Begins to load some entries on other threads. */
  EntryLoad<K, V> beginLoad(List<CacheEntry<K, V>> missing) {
    return new EntryLoad<>(this, state, missing);
  }

  /**
   * Caches entries with the engine's values, but for those that are cached or were written by now.
   * They will be read soon, so they are not the next to be evicted.
   *
   * @param applied the commit that the engine had when its values were read. Once it has another,
   *     an entry that was written meanwhile may have been evicted, also by this very call, and what
   *     was read is no longer its value
   */
  void adopt(List<CacheEntry<K, V>> entries, byte[] @Nullable [] stored, long applied) {
    for (int i = 0; i < entries.size(); i++) {
      CacheEntry<K, V> entry = entries.get(i);
      if (cached(entry.cacheKey) == null
          && unread.find(entry.cacheKey, entry.engineKey) == UnreadWrites.NOWHERE
          && appliedCommit() == applied) {
        load(entry, stored[i]);
        entry.uses = 1;
      }
    }
  }

  // ---- setting

  /**
   * Writes a value. A write need not know the former one, unless it may have to be undone; one to a
   * key that is not cached does not make an entry, unless scans need it.
   *
   * @param value null to remove the key
   */
  void write(K key, @Nullable V value, long expires) {
    byte[] bytes = keysAreValues ? null : keys.bytes(key);
    Object cacheKey = bytes == null ? key : new KeyOrder.Bytes(bytes);
    boolean isSampled = key == state.sampledKey();
    askedByRecordKey |= isSampled;
    CacheEntry<K, V> entry = undoable ? entry(key) : cached(cacheKey);
    if (entry != null) {
      foundByRecordKey |= isSampled && !undoable;
      set(entry, value == null ? null : format.toCached(key, value, expires), expires);
      return;
    }
    byte[] engineKey = keys.engineKey(key, bytes == null ? keys.bytes(key) : bytes);
    long place = unread.find(cacheKey, engineKey);
    boolean again = place != UnreadWrites.NOWHERE && unread.isUncommitted(place);
    if (again || overlay != null) {
      Object cached = value == null ? null : format.toCached(key, value, expires);
      CacheEntry<K, V> added = format.newEntry(cacheKey, key, engineKey);
      cache.evict();
      cache.add(added, format.entryBytes(added), 0);
      if (again) {
        unread.remove(cacheKey, place);
      }
      set(added, cached, expires);
    } else {
      byte[] payload = value == null ? null : values.payload(key, value);
      unread.add(cacheKey, engineKey, values.header(expires), payload);
      state.changed(engineKey.length + (payload == null ? 0 : payload.length));
    }
  }

  /**
   * @param cached the value as {@link EntryFormat#toCached} gave it; null to remove the entry
   */
  void set(CacheEntry<K, V> entry, @Nullable Object cached, long expires) {
    if (undoable) {
      undos.add(new Undo<>(entry, entry.value(), entry.expires, entry.dirty));
    }
    entry.value(cached);
    entry.expires = expires;
    cache.resize(entry, format.valueBytes(cached));
    if (!entry.dirty) {
      entry.dirty = true;
      dirty.add(entry);
      state.changed(entry.engineKey.length + format.storedBytes(cached));
      if (overlay != null && !entry.inOverlay) {
        addToOverlay(overlay, entry);
      }
    }
  }

  EntryFormat<K, V> format() {
    return format;
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
      undo.entry.value(undo.value);
      undo.entry.expires = undo.expires;
      cache.resize(undo.entry, format.valueBytes(undo.value));
      if (undo.entry.dirty && !undo.wasDirty) {
        undo.entry.dirty = false;
        dirty.remove(dirty.lastIndexOf(undo.entry)); // nearly always the last
      }
    }
    keep();
  }

  // ---- commits

  boolean isDirty() {
    return dirtyEntries() > 0;
  }

  /** Adds what changed since the last block to that of a commit; {@link #committed} follows. */
  void writeChanges(BlockBuilder block, long commit) {
    while (!held.isEmpty() && held.peek().commit <= appliedCommit()) {
      held.remove();
    }
    forgetApplied();
    if (!isDirty()) {
      return;
    }
    block.beginStore(spec.name(), dirtyEntries());
    unread.writeTo(block);
    for (int i = 0; i < dirty.size(); i++) {
      if (i % TOUCHED_AHEAD == 0) {
        touchDirty(i, Math.min(dirty.size(), i + TOUCHED_AHEAD));
      }
      CacheEntry<K, V> entry = dirty.get(i);
      cache.resize(entry, format.write(block, entry));
      entry.dirty = false;
      entry.commit = commit;
    }
    block.endStore();
    if (!dirty.isEmpty()) {
      held.add(new Held<>(commit, dirty));
      dirty = new ArrayList<>();
    }
    cache.evict();
  }

  /** The block that was written to is built. */
  void committed(long commit, StoreChanges changes) {
    unread.committed(commit, changes);
  }

  /** Looks at what some entries point to, so that the waits for memory overlap. */
  private void touchDirty(int from, int to) {
    int read = 0;
    for (int i = from; i < to; i++) {
      CacheEntry<K, V> entry = dirty.get(i);
      read += entry.engineKey.length + entry.touchValue();
    }
    touched += read;
  }

  /** How many entries are not in a block yet. */
  int dirtyEntries() {
    return dirty.size() + unread.uncommitted();
  }

  /** Forgets what the engine has of the unread writes. */
  void forgetApplied() {
    unread.applied(appliedCommit());
  }

  /** Gives back the memory of what is in no cache. */
  void forgetUnread() {
    unread.clear();
  }

  /** Whether an entry was written after a commit that the engine had. */
  boolean isWrittenSince(K key, byte[] engineKey, long commit) {
    Object cacheKey = cacheKey(key, engineKey);
    CacheEntry<K, V> entry = inCache(cacheKey);
    return entry != null ? entry.ahead(commit) : unread.isWrittenSince(cacheKey, engineKey, commit);
  }

  /** The entry in the cache, or a new one without a value, for a key not written lately. */
  CacheEntry<K, V> cachedOrAdded(K key, byte[] engineKey) {
    Object cacheKey = cacheKey(key, engineKey);
    CacheEntry<K, V> entry = inCache(cacheKey);
    if (entry == null) {
      entry = format.newEntry(cacheKey, key, engineKey);
      cache.add(entry, format.entryBytes(entry), 0);
    }
    return entry;
  }

  private Object cacheKey(K key, byte[] engineKey) {
    return keysAreValues
        ? key
        : new KeyOrder.Bytes(Arrays.copyOfRange(engineKey, Slots.PREFIX_BYTES, engineKey.length));
  }

  // ---- the overlay

  /** The entries ahead of the engine, in the order of keys. */
  NavigableMap<byte[], CacheEntry<K, V>> overlay() {
    TreeMap<byte[], CacheEntry<K, V>> sorted = overlay;
    long applied = state.appliedCommit();
    if (sorted == null) {
      TreeMap<byte[], CacheEntry<K, V>> fresh = new TreeMap<>(KeyOrder.WITHIN_SLOTS);
      held.forEach(commit -> commit.entries.forEach(entry -> addToOverlay(fresh, entry)));
      dirty.forEach(entry -> addToOverlay(fresh, entry));
      unread.moveTo(
          (engineKey, stored, commit) -> addToOverlay(fresh, withEntry(engineKey, stored, commit)));
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

  /** The entry of a key that was written without one. */
  private CacheEntry<K, V> withEntry(byte[] engineKey, byte @Nullable [] stored, long commit) {
    K key = keys.key(engineKey);
    CacheEntry<K, V> entry = inCache(cacheKey(key, engineKey));
    if (entry == null) {
      entry = format.newEntry(cacheKey(key, engineKey), key, engineKey);
      load(entry, stored);
      takeOver(entry, commit);
    }
    return entry;
  }

  private void addToOverlay(TreeMap<byte[], CacheEntry<K, V>> sorted, CacheEntry<K, V> entry) {
    sorted.put(entry.engineKey, entry);
    entry.inOverlay = true;
  }
}
