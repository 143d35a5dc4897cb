package io.tidemark.stores.rocksdb;

import io.tidemark.state.KeyRange;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Removes ranges of keys from all stores: by a mark for each range, which compactions act on when
 * they come by, and by deleting the files that have nothing else. Files of which something stays
 * are not rewritten.
 */
final class RetainedSlots {
  private RetainedSlots() {}

  /** Called within the database's gate, by the thread that applies. */
  static void retain(Database database, WriteOptions writeOptions, List<KeyRange> removed)
      throws RocksDBException {
    RocksDB rocks = database.rocks();
    Map<ColumnFamilyHandle, List<byte[]>> bounds = new LinkedHashMap<>();
    for (ColumnFamilyHandle family : database.storeFamilies()) {
      bounds.put(family, bounds(rocks, family, removed));
    }
    try (WriteBatch marks = new WriteBatch()) {
      for (var family : bounds.entrySet()) {
        for (int i = 0; i < family.getValue().size(); i += 2) {
          marks.deleteRange(
              family.getKey(), family.getValue().get(i), family.getValue().get(i + 1));
        }
      }
      rocks.write(writeOptions, marks);
    }
    // Deleting files is durable at once; the marks for what is beside them have to be so before.
    database.flush();
    for (var family : bounds.entrySet()) {
      if (!family.getValue().isEmpty()) {
        rocks.deleteFilesInRanges(family.getKey(), family.getValue(), false);
      }
    }
  }

  /** The first key of each range and the first after it, in turn. */
  private static List<byte[]> bounds(
      RocksDB rocks, ColumnFamilyHandle family, List<KeyRange> ranges) {
    List<byte[]> bounds = new ArrayList<>();
    for (KeyRange range : ranges) {
      byte[] to = end(rocks, family, range);
      if (to != null) {
        bounds.add(range.from());
        bounds.add(to);
      }
    }
    return bounds;
  }

  /** The end of a range; of one without end the first key after all there are; null if empty. */
  private static byte @Nullable [] end(RocksDB rocks, ColumnFamilyHandle family, KeyRange range) {
    if (range.to() != null) {
      return range.to();
    }
    try (RocksIterator last = rocks.newIterator(family)) {
      last.seekToLast();
      if (!last.isValid() || Arrays.compareUnsigned(last.key(), range.from()) < 0) {
        return null;
      }
      return Arrays.copyOf(last.key(), last.key().length + 1);
    }
  }
}
