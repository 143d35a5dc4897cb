package io.tidemark.stores.rocksdb;

import io.tidemark.state.EngineIterator;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * A cursor over one column family. It is in its engine's set of open ones until it is closed, since
 * a database must not close before its iterators.
 */
final class RocksDbIterator implements EngineIterator {
  private final Failures failures;
  private final String store;
  private final Set<RocksDbIterator> open;
  private final ReadOptions options;
  private final @Nullable Slice end;
  private final RocksIterator iterator;
  private boolean valid;

  RocksDbIterator(
      RocksDB database,
      ColumnFamilyHandle family,
      String store,
      byte[] from,
      byte @Nullable [] to,
      Failures failures,
      Set<RocksDbIterator> open) {
    this.failures = failures;
    this.store = store;
    this.open = open;
    options = RocksDbEngine.readOptions().setTotalOrderSeek(true);
    end = to == null ? null : new Slice(to);
    if (end != null) {
      options.setIterateUpperBound(end);
    }
    iterator = database.newIterator(family, options);
    open.add(this);
    try {
      iterator.seek(from);
      look();
    } catch (RuntimeException damaged) {
      close();
      throw damaged;
    }
  }

  private void look() {
    valid = iterator.isValid();
    if (!valid) {
      try {
        iterator.status();
      } catch (RocksDBException e) {
        throw failures.reading(store, e);
      }
    }
  }

  @Override
  public boolean valid() {
    return valid;
  }

  @Override
  public void next() {
    checkValid();
    iterator.next();
    look();
  }

  @Override
  public byte[] key() {
    checkValid();
    return iterator.key();
  }

  @Override
  public byte[] value() {
    checkValid();
    return iterator.value();
  }

  private void checkValid() {
    if (!valid) {
      throw new IllegalStateException("the iterator stands on no entry");
    }
  }

  @Override
  public void close() {
    if (open.remove(this)) {
      valid = false;
      iterator.close();
      options.close();
      if (end != null) {
        end.close();
      }
    }
  }
}
