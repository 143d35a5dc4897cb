package io.tidemark.stores.rocksdb;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineFiles;
import io.tidemark.state.EngineIterator;
import io.tidemark.state.EngineOptions;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.AbstractNativeReference;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.DBOptions;
import org.rocksdb.Options;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * A task's database opened for reading only: RocksDB then writes nothing into its directory, not
 * even a log of its own. Iterators are closed before it. Any thread may read; closed when nobody
 * does.
 */
final class DatabaseFiles implements EngineFiles {
  private static final int MOST_OPEN_FILES = 128;

  private final EngineOptions options;
  private final SharedMemory memory;
  private final Failures failures;

  /** What was made, the last one first, which is the order of closing. */
  private final Deque<AbstractNativeReference> natives = new ArrayDeque<>();

  /** By store; a store that the database does not have is not in it. */
  private final Map<String, ColumnFamilyHandle> families = new HashMap<>();

  private final ReadOptions readOptions;
  private final RocksDB rocks;
  private final EngineCommit commit;

  /**
   * Opens what is in a directory; null if nothing is.
   *
   * @param memory entered; what is opened leaves it when it is closed
   */
  static @Nullable DatabaseFiles open(EngineOptions options, SharedMemory memory) {
    if (Files.exists(options.directory().resolve("CURRENT"))) {
      return new DatabaseFiles(options, memory);
    }
    memory.leave();
    return null;
  }

  private DatabaseFiles(EngineOptions options, SharedMemory memory) {
    this.options = options;
    this.memory = memory;
    this.failures = new Failures(options.task(), options.directory());
    this.readOptions = own(new ReadOptions().setVerifyChecksums(true));
    try {
      List<ColumnFamilyHandle> handles = new ArrayList<>();
      rocks = open(handles);
      commit = commit(rocks.get(handles.get(0), readOptions, RocksDbEngine.COMMIT_KEY));
    } catch (RocksDBException e) {
      close();
      throw failures.opening(e, true);
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  private RocksDB open(List<ColumnFamilyHandle> handles) throws RocksDBException {
    String directory = options.directory().toString();
    List<EngineOptions.Store> there = storesIn(directory);
    List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
    descriptors.add(
        new ColumnFamilyDescriptor(
            RocksDB.DEFAULT_COLUMN_FAMILY,
            own(StoreOptions.of(new Overrides("", Map.of()), memory))));
    for (EngineOptions.Store store : there) {
      ColumnFamilyOptions family = own(StoreOptions.of(Overrides.of(store), memory));
      descriptors.add(new ColumnFamilyDescriptor(family(store), family));
    }
    DBOptions database = own(new DBOptions().setMaxOpenFiles(MOST_OPEN_FILES));
    RocksDB opened = own(RocksDB.openReadOnly(database, directory, descriptors, handles));
    handles.forEach(this::own);
    for (int i = 0; i < there.size(); i++) {
      families.put(there.get(i).name(), handles.get(i + 1));
    }
    return opened;
  }

  /** Those of the stores that the database has. */
  private List<EngineOptions.Store> storesIn(String directory) throws RocksDBException {
    Manifest.check(Path.of(directory), failures);
    try (Options defaults = new Options()) {
      List<ByteBuffer> names =
          RocksDB.listColumnFamilies(defaults, directory).stream().map(ByteBuffer::wrap).toList();
      return options.stores().stream()
          .filter(store -> names.contains(ByteBuffer.wrap(family(store))))
          .toList();
    }
  }

  private static byte[] family(EngineOptions.Store store) {
    return (Database.STORE + store.name()).getBytes(UTF_8);
  }

  private EngineCommit commit(byte @Nullable [] value) {
    if (value == null) {
      return EngineCommit.NONE;
    }
    if (value.length != 2 * Long.BYTES) {
      throw failures.damaged("", "the commit it equals has " + value.length + " bytes", null);
    }
    ByteBuffer buffer = ByteBuffer.wrap(value);
    return new EngineCommit(buffer.getLong(), buffer.getLong());
  }

  private <T extends AbstractNativeReference> T own(T made) {
    natives.push(made);
    return made;
  }

  @Override
  public EngineCommit commit() {
    return commit;
  }

  @Override
  public byte @Nullable [] get(int store, byte[] key) {
    ColumnFamilyHandle family = families.get(name(store));
    try {
      return family == null ? null : rocks.get(family, readOptions, key);
    } catch (RocksDBException e) {
      throw failures.reading(name(store), e);
    }
  }

  @Override
  public EngineIterator scan(int store, byte[] from, byte @Nullable [] to, Direction direction) {
    ColumnFamilyHandle family = families.get(name(store));
    return family == null
        ? NoEntries.INSTANCE
        : new FileIterator(
            options -> rocks.newIterator(family, options),
            new FileIterator.Bounds(from, to, direction),
            failure -> failures.reading(name(store), failure));
  }

  @Override
  public long approximateEntries(int store) {
    ColumnFamilyHandle family = families.get(name(store));
    try {
      return family == null ? 0 : rocks.getLongProperty(family, RocksDbEngine.ENTRIES);
    } catch (RocksDBException e) {
      throw failures.reading(name(store), e);
    }
  }

  private String name(int store) {
    return options.stores().get(store).name();
  }

  @Override
  public void close() {
    if (natives.isEmpty()) {
      return;
    }
    while (!natives.isEmpty()) {
      natives.pop().close();
    }
    memory.leave();
  }

  /** What the database has of a store that it does not know. */
  private enum NoEntries implements EngineIterator {
    INSTANCE;

    @Override
    public boolean valid() {
      return false;
    }

    @Override
    public void next() {
      throw new IllegalStateException("the iterator stands on no entry");
    }

    @Override
    public byte[] key() {
      throw new IllegalStateException("the iterator stands on no entry");
    }

    @Override
    public byte[] value() {
      throw new IllegalStateException("the iterator stands on no entry");
    }

    @Override
    public void close() {
      // Nothing is open.
    }
  }
}
