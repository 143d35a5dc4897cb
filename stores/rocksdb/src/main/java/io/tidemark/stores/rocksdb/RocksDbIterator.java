package io.tidemark.stores.rocksdb;

import io.tidemark.state.EngineIterator;
import io.tidemark.state.EngineReader.Direction;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/**
 * A cursor over a range of one column family. It pins memory and files until it is closed, at the
 * latest when its database closes; after that any use is refused, so that a scan that was cut short
 * does not look like one that came to its end.
 */
final class RocksDbIterator implements EngineIterator, Database.Dependent {
  private final Database database;
  private final int store;
  private final Direction direction;
  private final ReadOptions options;
  private final @Nullable Slice lower;
  private final @Nullable Slice upper;
  private final RocksIterator iterator;
  private boolean valid;
  private volatile boolean closed;

  private RocksDbIterator(
      Database database,
      RocksDbReader reader,
      int store,
      byte[] from,
      byte @Nullable [] to,
      Direction direction) {
    this.database = database;
    this.store = store;
    this.direction = direction;
    options = reader.readOptions().setTotalOrderSeek(true);
    lower = direction == Direction.FORWARD ? null : new Slice(from);
    upper = to == null ? null : new Slice(to);
    if (lower != null) {
      options.setIterateLowerBound(lower);
    }
    if (upper != null) {
      options.setIterateUpperBound(upper);
    }
    ColumnFamilyHandle family = database.family(store);
    iterator = database.rocks().newIterator(family, options);
  }

  /** Opens one on the first entry of a range; to be called within the database's gate. */
  static RocksDbIterator open(
      Database database,
      RocksDbReader reader,
      int store,
      byte[] from,
      byte @Nullable [] to,
      Direction direction) {
    // RocksDB forbids to start behind the end; nothing is there.
    byte[] end = to != null && Arrays.compareUnsigned(from, to) > 0 ? from : to;
    RocksDbIterator made = new RocksDbIterator(database, reader, store, from, end, direction);
    try {
      if (direction == Direction.FORWARD) {
        made.iterator.seek(from);
      } else {
        made.iterator.seekToLast();
      }
      made.look();
    } catch (RuntimeException damaged) {
      made.release();
      throw damaged;
    }
    database.add(made);
    return made;
  }

  private void look() {
    valid = iterator.isValid();
    if (!valid) {
      try {
        iterator.status();
      } catch (RocksDBException e) {
        throw database.failures().reading(database.name(store), e);
      }
    }
  }

  @Override
  public boolean valid() {
    if (closed) {
      throw new IllegalStateException(
          "an iterator of task " + database.task() + " was used after it or its engine was closed");
    }
    return valid;
  }

  @Override
  public void next() {
    checkValid();
    database.enter();
    try {
      if (direction == Direction.FORWARD) {
        iterator.next();
      } else {
        iterator.prev();
      }
      look();
    } finally {
      database.leave();
    }
  }

  @Override
  public byte[] key() {
    checkValid();
    database.enter();
    try {
      return iterator.key();
    } finally {
      database.leave();
    }
  }

  @Override
  public byte[] value() {
    checkValid();
    database.enter();
    try {
      return iterator.value();
    } finally {
      database.leave();
    }
  }

  private void checkValid() {
    if (!valid()) {
      throw new IllegalStateException("the iterator stands on no entry");
    }
  }

  @Override
  public void close() {
    database.remove(this);
  }

  @Override
  public void release() {
    closed = true;
    iterator.close();
    options.close();
    if (lower != null) {
      lower.close();
    }
    if (upper != null) {
      upper.close();
    }
  }
}
