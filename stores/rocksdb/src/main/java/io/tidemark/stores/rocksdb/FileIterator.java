package io.tidemark.stores.rocksdb;

import io.tidemark.state.EngineIterator;
import io.tidemark.state.EngineReader.Direction;
import java.util.Arrays;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;

/** A cursor over a store of {@link DatabaseFiles}, which is closed later. One thread. */
final class FileIterator implements EngineIterator {
  private final Bounds bounds;
  private final Function<RocksDBException, RuntimeException> failure;
  private final ReadOptions options = new ReadOptions().setVerifyChecksums(true);
  private final Slice lower;
  private final @Nullable Slice upper;
  private final RocksIterator iterator;
  private boolean valid;

  /** What to scan, and how. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Bounds(byte[] from, byte @Nullable [] to, Direction direction) {

    /** RocksDB forbids bounds of which the upper is below the lower; nothing is between. */
    byte @Nullable [] upper() {
      return to != null && Arrays.compareUnsigned(from, to) > 0 ? from : to;
    }
  }

  FileIterator(
      Function<ReadOptions, RocksIterator> open,
      Bounds bounds,
      Function<RocksDBException, RuntimeException> failure) {
    this.bounds = bounds;
    this.failure = failure;
    byte[] end = bounds.upper();
    lower = new Slice(bounds.from);
    upper = end == null ? null : new Slice(end);
    options.setIterateLowerBound(lower);
    if (upper != null) {
      options.setIterateUpperBound(upper);
    }
    iterator = open.apply(options);
    try {
      begin();
    } catch (RuntimeException damaged) {
      close();
      throw damaged;
    }
  }

  private void begin() {
    if (bounds.direction == Direction.FORWARD) {
      iterator.seekToFirst();
    } else {
      iterator.seekToLast();
    }
    look();
  }

  private void look() {
    valid = iterator.isValid();
    if (!valid) {
      try {
        iterator.status();
      } catch (RocksDBException e) {
        throw failure.apply(e);
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
    if (bounds.direction == Direction.FORWARD) {
      iterator.next();
    } else {
      iterator.prev();
    }
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
    valid = false;
    iterator.close();
    options.close();
    lower.close();
    if (upper != null) {
      upper.close();
    }
  }
}
