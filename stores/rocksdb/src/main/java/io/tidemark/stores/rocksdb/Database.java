package io.tidemark.stores.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.state.EngineOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.FlushOptions;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * An open database with its column families, the native objects that must live as long, and those
 * that must be gone before: iterators and snapshots.
 *
 * <p>The family of a store is named {@code store.<name>}. A family whose store is left out of the
 * configuration is kept. The family "default" is the engine's own.
 *
 * <p>Invariant: whoever calls RocksDB is between {@link #enter} and {@link #leave}, but for the
 * thread that closes; so nothing is freed under a call.
 *
 * <p>Threads: any; one closes.
 */
final class Database implements AutoCloseable {
  private static final String OWN = new String(RocksDB.DEFAULT_COLUMN_FAMILY, UTF_8);

  /** What the names of stores' families begin with. */
  static final String STORE = "store.";

  /** What was made, the last one first, which is the order of closing. */
  private final Deque<AbstractNativeReference> natives = new ArrayDeque<>();

  private final Map<String, ColumnFamilyHandle> families = new HashMap<>();
  private final EngineOptions engine;
  private final SharedMemory memory;
  private final Failures failures;
  private final WriteBuffers writeBuffers;
  private final FlushOptions flushOptions = new FlushOptions().setWaitForFlush(true);
  private final Gate gate = new Gate();
  private final Set<Dependent> dependents = ConcurrentHashMap.newKeySet();
  private final ColumnFamilyHandle[] stores;
  private final RocksDB rocks;

  /** Holds native objects that must be freed before the database. */
  interface Dependent {
    /** Frees them; called once, when nobody uses them. */
    void release();
  }

  /**
   * Opens or creates.
   *
   * @param memory entered; this leaves it when it is closed, also if it cannot be opened
   * @throws io.tidemark.api.StateException as {@link Failures#opening} says
   * @throws io.tidemark.api.ConfigException (TM-1002) if a store's options are wrong
   */
  Database(EngineOptions engine, SharedMemory memory, Failures failures) {
    this.engine = engine;
    this.memory = memory;
    this.failures = failures;
    writeBuffers = memory.writeBuffers();
    natives.push(flushOptions);
    boolean exists = false;
    try {
      exists = exists(engine.directory(), failures);
      if (exists) {
        Manifest.check(engine.directory(), failures);
      }
      rocks = open(exists);
    } catch (RocksDBException e) {
      close();
      throw failures.opening(e, exists);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    stores =
        engine.stores().stream()
            .map(store -> Objects.requireNonNull(families.get(STORE + store.name())))
            .toArray(ColumnFamilyHandle[]::new);
    writeBuffers.add(this);
  }

  private RocksDB open(boolean exists) throws RocksDBException {
    String directory = engine.directory().toString();
    Map<String, ColumnFamilyOptions> wanted = new LinkedHashMap<>();
    Overrides none = new Overrides("", Map.of());
    List<Overrides> overrides = engine.stores().stream().map(Overrides::of).toList();
    wanted.put(OWN, own(StoreOptions.of(none, memory)));
    for (Overrides store : overrides) {
      wanted.put(STORE + store.store(), own(StoreOptions.of(store, memory)));
    }
    if (exists) {
      for (String leftOut : familiesIn(directory)) {
        wanted.computeIfAbsent(leftOut, name -> own(StoreOptions.of(none, memory)));
      }
    }
    List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
    wanted.forEach(
        (name, options) ->
            descriptors.add(new ColumnFamilyDescriptor(name.getBytes(UTF_8), options)));
    List<ColumnFamilyHandle> handles = new ArrayList<>();
    DBOptions options = own(DatabaseOptions.of(overrides, memory).setCreateIfMissing(!exists));
    RocksDB opened = own(RocksDB.open(options, directory, descriptors, handles));
    int next = 0;
    for (String name : wanted.keySet()) {
      families.put(name, own(handles.get(next++)));
    }
    return opened;
  }

  /**
   * Whether a database is there. One that lost its CURRENT file must not be taken for a new one;
   * one that was never finished has no table files.
   */
  private static boolean exists(Path directory, Failures failures) {
    if (Files.exists(directory.resolve("CURRENT"))) {
      return true;
    }
    try (Stream<Path> files = Files.list(directory)) {
      if (files.anyMatch(file -> file.toString().endsWith(".sst"))) {
        throw failures.damaged("", "the file CURRENT is missing", null);
      }
      return false;
    } catch (IOException e) {
      throw failures.unwritable(e);
    }
  }

  private static List<String> familiesIn(String directory) throws RocksDBException {
    try (Options options = new Options()) {
      return RocksDB.listColumnFamilies(options, directory).stream()
          .map(name -> new String(name, UTF_8))
          .toList();
    }
  }

  private <T extends AbstractNativeReference> T own(T made) {
    natives.push(made);
    return made;
  }

  RocksDB rocks() {
    return rocks;
  }

  /** The engine's own family. */
  ColumnFamilyHandle own() {
    return Objects.requireNonNull(families.get(OWN));
  }

  /** The family of a store. */
  ColumnFamilyHandle family(int store) {
    return stores[store];
  }

  /** The families of all stores that it has, also of those left out of the configuration. */
  List<ColumnFamilyHandle> storeFamilies() {
    return families.entrySet().stream()
        .filter(family -> family.getKey().startsWith(STORE))
        .map(Map.Entry::getValue)
        .toList();
  }

  /** The name of a store. */
  String name(int store) {
    return engine.stores().get(store).name();
  }

  String task() {
    return engine.task();
  }

  Failures failures() {
    return failures;
  }

  /**
   * Begins a call.
   *
   * @throws IllegalStateException if the database is closed or closing
   */
  void enter() {
    if (!gate.enter()) {
      throw new IllegalStateException("the engine of task " + engine.task() + " is closed");
    }
  }

  /** Ends the call that the same thread began. */
  void leave() {
    gate.leave();
  }

  /** What is to be released before the database closes; to be called within the gate. */
  void add(Dependent dependent) {
    dependents.add(dependent);
  }

  /** Releases a dependent if that has not been done. */
  void remove(Dependent dependent) {
    if (gate.enter()) {
      try {
        if (dependents.remove(dependent)) {
          dependent.release();
        }
      } finally {
        gate.leave();
      }
    }
  }

  /**
   * Waits until the memtables of all databases leave room for so many bytes; to be called outside
   * of the gate, since it may write those of this or another database to files.
   */
  void makeRoom(long bytes) {
    writeBuffers.makeRoom(bytes);
  }

  /** What the memtables of this database take; nothing once it closes. */
  Memtables memtables() {
    if (!gate.enter()) {
      return new Memtables(0, 0);
    }
    try {
      return new Memtables(
          rocks.getAggregatedLongProperty("rocksdb.size-all-mem-tables"),
          rocks.getAggregatedLongProperty("rocksdb.cur-size-all-mem-tables"));
    } catch (RocksDBException e) {
      throw failures.reading("(memtables)", e);
    } finally {
      gate.leave();
    }
  }

  /** Writes the memtables to files; to be called within the gate or by the thread that closes. */
  void flush() throws RocksDBException {
    rocks.flush(flushOptions, List.copyOf(families.values()));
  }

  /** Writes the memtables to files, for the sake of other databases; whether it could. */
  boolean flushIfOpen() {
    if (!gate.enter()) {
      return false;
    }
    try {
      flush();
      return true;
    } catch (RocksDBException e) {
      return false; // the next apply or flush of its own meets the same, and says so
    } finally {
      gate.leave();
    }
  }

  /**
   * How much memory memtables take.
   *
   * @param taken by all, with those that iterators still hold on to
   * @param unflushed by those that are not in files yet
   */
  record Memtables(long taken, long unflushed) {}

  /** Refuses new calls, and waits for those under way; the caller goes on to close. */
  void shut() {
    gate.shut();
  }

  /** Frees everything, once: dependents, then the database, then what it was opened with. */
  @Override
  public void close() {
    gate.shut();
    writeBuffers.remove(this);
    dependents.forEach(Dependent::release);
    dependents.clear();
    while (!natives.isEmpty()) {
      natives.pop().close();
    }
    memory.leave();
  }
}
