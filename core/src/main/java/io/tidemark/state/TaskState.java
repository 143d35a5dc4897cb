package io.tidemark.state;

import io.tidemark.api.ConfigException;
import io.tidemark.api.ReadOnlyKeyValueStore;
import io.tidemark.api.Serde;
import io.tidemark.api.StateException;
import io.tidemark.api.TaskName;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockBuilder;
import io.tidemark.journal.StoreChanges;
import io.tidemark.journal.StoreIdentity;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All state of one task: its stores, and their {@link Engines} with the blocks that are committed
 * but not yet applied. Confined to the task's worker.
 */
public final class TaskState implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TaskState.class);

  private static final AtomicInteger NUMBERS = new AtomicInteger();
  private static final String BOOKMARK = "";

  /** How many keys {@link #expect} takes at a time. */
  public static final int MOST_EXPECTED = ObjectCache.MOST_TOUCHED;

  private final int number = NUMBERS.incrementAndGet();
  private final TaskName task;
  private final Map<String, TaskStore<?, ?>> stores = new LinkedHashMap<>();
  private final List<TaskStore<?, ?>> storesInOrder;
  private final List<TableView<?, ?>> tables = new ArrayList<>();
  private final Surroundings surroundings;
  private final Engines engines;
  private final CommittedState committedState;
  private long forgottenUpTo;
  private @Nullable Thread owner;
  private final Set<CompletableFuture<?>> loads = new HashSet<>();
  private int openIterators;
  private long changedBytes;
  private @Nullable Object sampledKey;
  private final Set<String> iteratorsWereLeft = new HashSet<>();
  private boolean closed;
  private boolean detached;
  private long now;

  /**
   * What a task's state shares with that of others.
   *
   * @param engineFactories by type
   * @param cache the worker's cache of entries
   * @param sweepPace the worker's
   * @param limits how far engines may lag
   * @param applier runs what applies blocks to engines
   * @param readers runs what loads keys before they are read
   * @param ticker milliseconds that never go back
   * @param clock milliseconds since 1970, by which entries expire
   */
  public record Surroundings(
      Map<String, EngineFactory> engineFactories,
      ObjectCache cache,
      SweepPace sweepPace,
      HoldingLimits limits,
      Executor applier,
      Executor readers,
      LongSupplier ticker,
      LongSupplier clock) {}

  /**
   * How much committed work may wait for the engines.
   *
   * @param applyBytes when blocks of so many bytes are held, they are applied
   * @param applyMs or when the oldest has been held for so long
   * @param maxBytes with so many bytes held and being applied, the worker waits
   */
  public record HoldingLimits(long applyBytes, long applyMs, long maxBytes) {}

  /**
   * Opens the engines of a task.
   *
   * @param directory where they keep their files; locked by the caller
   * @param specs the task's stores
   * @param surroundings what it shares with other tasks
   */
  public TaskState(
      TaskName task,
      StateDirectory directory,
      List<StoreSpec> specs,
      Slots slots,
      Surroundings surroundings) {
    this.task = task;
    this.surroundings = surroundings;
    this.engines =
        new Engines(
            task, surroundings.limits, surroundings.applier, surroundings.ticker, this::applied);
    Map<String, CommittedState.Source> sources = new LinkedHashMap<>();
    try {
      openEngines(directory, specs, slots, sources);
    } catch (RuntimeException e) {
      engines.close();
      throw e;
    }
    storesInOrder = List.copyOf(stores.values());
    committedState = new CommittedState(task, slots, sources, engines.applied());
  }

  private void openEngines(
      StateDirectory directory,
      List<StoreSpec> specs,
      Slots slots,
      Map<String, CommittedState.Source> sources) {
    if (specs.isEmpty()) {
      engines.add(BOOKMARK, new Bookmark(directory.path()), Map.of());
    }
    Map<String, List<StoreSpec>> byEngine = new LinkedHashMap<>();
    specs.forEach(
        spec -> byEngine.computeIfAbsent(spec.engine(), type -> new ArrayList<>()).add(spec));
    byEngine.forEach(
        (type, storesOfEngine) -> {
          StorageEngine engine = open(type, storesOfEngine, directory);
          Map<String, Integer> indexes = new LinkedHashMap<>();
          engines.add(type, engine, indexes);
          for (StoreSpec spec : storesOfEngine) {
            int index = indexes.size();
            indexes.put(spec.name(), index);
            stores.put(spec.name(), new TaskStore<>(spec, this, engine, index, slots));
            sources.put(spec.name(), new CommittedState.Source(engine, index, spec.splittable()));
          }
        });
  }

  private StorageEngine open(String type, List<StoreSpec> specs, StateDirectory directory) {
    EngineFactory factory = surroundings.engineFactories.get(type);
    if (factory == null) {
      throw new ConfigException(
          "TM-1012",
          String.format(
              "store %s: there is no engine %s; known: %s",
              specs.get(0).name(), type, surroundings.engineFactories.keySet()));
    }
    List<EngineOptions.Store> options =
        specs.stream()
            .map(spec -> new EngineOptions.Store(spec.name(), spec.properties()))
            .toList();
    return factory.open(new EngineOptions(directory.engine(type), task.toString(), options));
  }

  private void applied(long commit) {
    committedState.applied(commit);
  }

  /** What is committed, for any thread to read until this is closed. */
  public CommittedState committedState() {
    return committedState;
  }

  /** The engines by type, open until this is closed; none if the task has no stores. */
  public Map<String, StorageEngine> engines() {
    Map<String, StorageEngine> byType = engines.byType();
    byType.remove(BOOKMARK);
    return byType;
  }

  TaskName task() {
    return task;
  }

  /** Tells it from all others of the process. */
  int number() {
    return number;
  }

  /** The store of that name; null if there is none. */
  public @Nullable ReadOnlyKeyValueStore<?, ?> store(String name) {
    return stores.get(name);
  }

  /** The names of the stores. */
  public Iterable<String> storeNames() {
    return stores.keySet();
  }

  /** Adds a view of a table that all tasks of the container share. */
  public <K, V> TableView<K, V> view(TableView.Table table, Serde<K> keys, Serde<V> values) {
    TableView<K, V> view = new TableView<>(table, this, keys, values);
    tables.add(view);
    return view;
  }

  /** From here on only the current thread may use the stores. */
  public void attach() {
    owner = Thread.currentThread();
  }

  /** The oldest commit that an engine holds: a replay has to start with its block. */
  public EngineCommit replayFrom() {
    return engines.replayFrom();
  }

  /** The oldest commit that an engine would hold after a crash, as far as it is known. */
  public EngineCommit durableCommit() {
    return engines.durableCommit();
  }

  /** Takes a block that is committed: what it changed will reach the engines. */
  public void committed(Block block, long position) {
    for (var changes : block.stores()) {
      if (!stores.containsKey(changes.store())) {
        throw new StateException(
            "TM-3014",
            String.format(
                "task %s has state of a store %s, which the configuration does not name; add"
                    + " stores.%s.* again, as it was",
                task, changes.store(), changes.store()));
      }
    }
    seen(block);
    engines.hold(block, position);
    committedState.committed(block);
  }

  /**
   * Something is to be done before an engine gets a block that {@link #committed} takes from now
   * on; on the thread that applies it. If no engine gets one, it is not done.
   */
  public void beforeApplying(Runnable action) {
    engines.beforeApplying(action);
  }

  /** Notes the time of a block that was committed, whether or not the engines have it already. */
  public void seen(Block block) {
    seen(block.timeMs());
  }

  /**
   * Hands held blocks to the engines when it is time; call it often. Waits if too much is held.
   *
   * @throws StateException if an engine failed
   */
  public void maintain() {
    engines.throwFailure();
    if (appliedCommit() > forgottenUpTo) {
      forgottenUpTo = appliedCommit();
      stores.values().forEach(store -> store.entries().forgetApplied());
    }
    if (engines.areBehind()) {
      ObjectCache cache = surroundings.cache;
      if (cache.excess() > 0) {
        cache.evict();
      }
      long excess = cache.excess();
      engines.applyIfDue(excess > 0, excess > cache.maxBytes() / 4);
    }
  }

  /**
   * As {@link #maintain}, for a task that is only being restored: it has nothing in the cache,
   * which belongs to a thread that may be another. Applies on the calling thread.
   */
  public void maintainRestoring() {
    engines.applyHereIfMany();
  }

  /**
   * From here on the engines equal a commit by another name: their contents came from a snapshot.
   * Nothing may be held. Not durable before {@link #drain} or {@link #flushLater}.
   */
  public void rebase(EngineCommit commit) {
    engines.rebase(commit);
  }

  /**
   * Makes what the engines have durable, on the thread that applies.
   *
   * @param afterwards is run there when it is
   */
  public void flushLater(Runnable afterwards) {
    engines.flushLater(afterwards);
  }

  /** Notes a time that the task has seen. */
  public void seen(long timeMs) {
    now = Math.max(now, timeMs);
  }

  /** Applies everything held and makes it durable. */
  public void drain() {
    engines.drain();
  }

  /** Applies everything held, in memory at least. */
  public void applyAll() {
    engines.applyAll();
  }

  /**
   * As {@link #applyAll}, on the calling thread; part of a recovery. The thread that applies for
   * all tasks belongs to those that run.
   */
  public void applyHere() {
    engines.applyHere();
  }

  /** Applies what is held if any of it changes a store, so that engines answer as of now. */
  public void applyChanges() {
    engines.applyChanges();
  }

  /**
   * From here on no engine goes past a commit, so that what it holds then can be set apart; until
   * {@link #goOn}, or until so much is held that it has to. No engine is past it yet.
   */
  public void holdAt(long commit) {
    engines.holdAt(commit);
  }

  /** Engines may go past that commit. Any thread may call it. */
  public void goOn(long commit) {
    engines.goOn(commit);
  }

  /** The task's time, in milliseconds since 1970. It never goes back, also not over a restart. */
  public long now() {
    now = Math.max(now, surroundings.clock.getAsLong());
    return now;
  }

  /**
   * A record is processed by which stores are to find out whether they are asked for keys of
   * records.
   *
   * @param key the object that the task gets; null if the record has none
   */
  public void sample(@Nullable Object key) {
    sampledKey = key;
  }

  @Nullable Object sampledKey() {
    return sampledKey;
  }

  /** Whether a store is asked for keys of records, so that {@link #expect} may be worthwhile. */
  public boolean isAskedByRecordKeys() {
    for (TaskStore<?, ?> store : storesInOrder) {
      if (store.entries().isAskedByRecordKeys()) {
        return true;
      }
    }
    return false;
  }

  /**
   * Brings the cached entries of records that come next near to the processor, and loads those that
   * are missing, if many are, in stores that were asked for the key of the sampled record. Changes
   * nothing but speed.
   *
   * @param recordKeys keys of the coming records; null for one that has none
   * @param count how many come next, at most {@link #MOST_EXPECTED}; the rest come after those, and
   *     are of use if {@link #isLoadingAhead}
   * @param place of the first in the row of all records: a number that grows by one with each, or
   *     by more where something else came between
   */
  public void expect(@Nullable Object[] recordKeys, int count, long place) {
    for (TaskStore<?, ?> store : storesInOrder) {
      if (store.entries().isFoundByRecordKey()) {
        surroundings.cache.touch(number, recordKeys, count); // in all stores
        break;
      }
    }
    for (TaskStore<?, ?> store : storesInOrder) {
      store.entries().expect(recordKeys, count, place);
    }
  }

  /** Whether a store would load entries for records that come after the next. */
  public boolean isLoadingAhead() {
    for (TaskStore<?, ?> store : storesInOrder) {
      if (store.entries().isLoadingAhead()) {
        return true;
      }
    }
    return false;
  }

  /** Takes keys to load before they are read. */
  public Prefetch prefetch() {
    return new Prefetch();
  }

  /** Reads an engine beside the worker's thread; {@link #loadEnded} follows. */
  <T> CompletableFuture<T> load(Supplier<T> read) {
    CompletableFuture<T> load = CompletableFuture.supplyAsync(read, surroundings.readers);
    loads.add(load);
    return load;
  }

  void loadEnded(CompletableFuture<?> load) {
    loads.remove(load);
  }

  /** Returns when nobody reads any more, whether well or not. */
  private void awaitLoads() {
    CompletableFuture.allOf(loads.toArray(CompletableFuture<?>[]::new))
        .exceptionally(failed -> null)
        .join();
  }

  /** Takes what is remembered of the stores; call it before they are used. */
  public void remember(List<StoreIdentity> identities) {
    for (StoreIdentity identity : identities) {
      TaskStore<?, ?> store = stores.get(identity.name());
      if (store != null) {
        store.remember(identity.valueSchemas());
      }
    }
  }

  /** The passes by which stores are to be migrated before the task begins. */
  public List<Sweep> eagerMigrations() {
    List<Sweep> passes = new ArrayList<>();
    for (TaskStore<?, ?> store : stores.values()) {
      if (store.migratesEagerly()) {
        passes.add(new Sweep(store, surroundings.sweepPace));
      }
    }
    return passes;
  }

  /** Removes some of what has expired, and migrates some; call it before each commit. */
  public void sweep() {
    stores.values().forEach(TaskStore::sweep);
  }

  /** Whether a store changed since the last block. */
  public boolean isDirty() {
    return changedBytes > 0;
  }

  /** About how many bytes of keys and values changed since the last block. */
  public long changedBytes() {
    return changedBytes;
  }

  /** Adds what changed since the last block to that of a commit; {@link #built} follows. */
  public void writeChanges(BlockBuilder block, long commit) {
    for (TaskStore<?, ?> store : stores.values()) {
      store.writeChanges(block, commit);
    }
    changedBytes = 0;
  }

  /** The block that {@link #writeChanges} added to, whose bytes may be read from here on. */
  public void built(Block block) {
    for (StoreChanges changes : block.stores()) {
      Objects.requireNonNull(stores.get(changes.store()), changes.store())
          .entries()
          .committed(block.number(), changes);
    }
  }

  /** From here on changes can be undone, until {@link #keep} or {@link #undo}. */
  public void makeUndoable() {
    stores.values().forEach(TaskStore::makeUndoable);
  }

  /** Keeps the changes made since {@link #makeUndoable}. */
  public void keep() {
    stores.values().forEach(TaskStore::keep);
  }

  /** Undoes the changes made since {@link #makeUndoable}. */
  public void undo() {
    stores.values().forEach(TaskStore::undo);
  }

  /** Closes the iterators that a call of the task left open. */
  public void closeIterators() {
    if (openIterators > 0) {
      for (TaskStore<?, ?> store : stores.values()) {
        String madeBy = store.scans().firstOpenIterator();
        iteratorsLeft(store.name(), madeBy, store.scans().closeIterators());
      }
      tables.forEach(table -> iteratorsLeft(table.name(), "a scan", table.closeIterators()));
    }
  }

  private void iteratorsLeft(String store, String madeBy, int left) {
    if (left > 0 && iteratorsWereLeft.add(store)) {
      LOG.warn(
          "Task {} left {} iterators of store {} open, the first one made by {}; they are closed"
              + " when the call ends. Close them with try-with-resources. Said once a store.",
          task,
          left,
          store,
          madeBy);
    }
  }

  /**
   * Ends the use of the stores, and leaves the worker's cache; {@link #drain} and {@link #close}
   * may follow on another thread.
   */
  public void detach() {
    if (detached) {
      return;
    }
    detached = true;
    closed = true;
    try {
      closeIterators();
      closeSnapshots();
      committedState.close();
      awaitLoads();
    } finally {
      if (owner != null) { // else nothing is in the cache, and it may be another thread's
        stores.values().forEach(store -> store.entries().forgetUnread());
        surroundings.cache.removeAll(stores.values().stream().map(TaskStore::entries).toList());
      }
    }
  }

  /** Closes the engines. What was not drained is replayed from the journal next time. */
  @Override
  public void close() {
    try {
      detach();
    } finally {
      engines.close();
    }
  }

  private void closeSnapshots() {
    for (TaskStore<?, ?> store : stores.values()) {
      int left = store.scans().closeSnapshots();
      if (left > 0) {
        LOG.warn(
            "Task {} ended with {} snapshots of store {} open; close each when it is no longer read",
            task,
            left,
            store.name());
      }
    }
  }

  long appliedCommit() {
    return engines.applied();
  }

  SweepPace sweepPace() {
    return surroundings.sweepPace;
  }

  ObjectCache cache() {
    return surroundings.cache;
  }

  /** How many changes of a store wait for the engine. */
  long heldChanges(String store) {
    return engines.heldChanges(store);
  }

  void changed(long bytes) {
    changedBytes += bytes;
  }

  void iteratorOpened() {
    openIterators++;
  }

  void iteratorClosed() {
    openIterators--;
  }

  void checkThread(String store) {
    if (closed) {
      throw new IllegalStateException(
          "store " + store + " of task " + task + " was used after it was closed");
    }
    if (Thread.currentThread() != owner) {
      throw new IllegalStateException(
          String.format(
              "store %s of task %s was called by thread %s; only the task's own thread may, during"
                  + " process, window, init or close",
              store, task, Thread.currentThread().getName()));
    }
  }
}
