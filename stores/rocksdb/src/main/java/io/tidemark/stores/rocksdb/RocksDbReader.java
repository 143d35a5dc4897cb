package io.tidemark.stores.rocksdb;

import io.tidemark.state.EngineIterator;
import io.tidemark.state.EngineReader;
import java.util.Arrays;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.Snapshot;

/**
 * Reads a database, as it is or as it was at a snapshot.
 *
 * <p>Threads: any, while the snapshot, if there is one, is not closed. When the database closes,
 * calls under way are waited for and later ones are refused.
 */
final class RocksDbReader implements EngineReader, AutoCloseable {
  /** Beyond this share of absent keys, which are read twice, single reads cost less. */
  private static final double MOSTLY = 0.7;

  private final Database database;
  private final RocksDB rocks;
  private final @Nullable Snapshot snapshot;
  private final ReadOptions options;

  /** Whether most of the keys asked for together last were absent; a guess, so races do no harm. */
  private volatile boolean mostlyAbsent;

  /**
   * @param snapshot what to read; null for the latest
   */
  RocksDbReader(Database database, @Nullable Snapshot snapshot) {
    this.database = database;
    this.rocks = database.rocks();
    this.snapshot = snapshot;
    options = readOptions();
  }

  /** How everything is read; the caller closes it. */
  ReadOptions readOptions() {
    ReadOptions made = new ReadOptions();
    return snapshot == null ? made : made.setSnapshot(snapshot);
  }

  @Override
  public byte @Nullable [] get(int store, byte[] key) {
    database.enter();
    try {
      return get(database.family(store), key);
    } catch (RocksDBException e) {
      throw database.failures().reading(database.name(store), e);
    } finally {
      database.leave();
    }
  }

  /** Reads from any family; to be called within the gate. */
  byte @Nullable [] get(ColumnFamilyHandle family, byte[] key) throws RocksDBException {
    return rocks.get(family, options, key);
  }

  @Override
  public byte[] @Nullable [] getAll(int store, byte[][] keys) {
    database.enter();
    try {
      if (keys.length == 0) {
        return new byte[0][]; // RocksDB forbids to ask for nothing
      }
      ColumnFamilyHandle family = database.family(store);
      byte[] @Nullable [] values =
          mostlyAbsent ? new byte[keys.length][] : getTogether(family, keys);
      int absent = 0;
      for (int i = 0; i < keys.length; i++) {
        if (values[i] == null) {
          // What could not be read is given as if it were absent. A single read tells them apart.
          values[i] = get(family, keys[i]);
          absent += values[i] == null ? 1 : 0;
        }
      }
      mostlyAbsent = absent > MOSTLY * keys.length;
      return values;
    } catch (RocksDBException e) {
      throw database.failures().reading(database.name(store), e);
    } finally {
      database.leave();
    }
  }

  /** RocksDB sorts them. */
  private byte[] @Nullable [] getTogether(ColumnFamilyHandle family, byte[][] keys)
      throws RocksDBException {
    return rocks
        .multiGetAsList(options, Collections.nCopies(keys.length, family), Arrays.asList(keys))
        .toArray(byte[][]::new);
  }

  @Override
  public EngineIterator scan(int store, byte[] from, byte @Nullable [] to, Direction direction) {
    database.enter();
    try {
      return RocksDbIterator.open(database, this, store, from, to, direction);
    } finally {
      database.leave();
    }
  }

  @Override
  public void close() {
    options.close();
  }
}
