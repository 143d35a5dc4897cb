package io.tidemark.state;

import io.tidemark.journal.Block;
import io.tidemark.journal.StoreChanges;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * The changes of several commits as one batch for an engine: in order, the last of each key only.
 */
final class ChangeMerge implements Iterable<StorageEngine.Change> {
  private final List<Slice> slices = new ArrayList<>();

  /** Where one change stands in its block's bytes. */
  private record Slice(
      int store,
      byte[] array,
      int keyOffset,
      int keyLength,
      int valueOffset,
      int valueLength,
      long commit)
      implements Comparable<Slice> {

    boolean sameKey(Slice other) {
      return store == other.store
          && Arrays.equals(
              array,
              keyOffset,
              keyOffset + keyLength,
              other.array,
              other.keyOffset,
              other.keyOffset + other.keyLength);
    }

    @Override
    public int compareTo(Slice other) {
      if (store != other.store) {
        return Integer.compare(store, other.store);
      }
      int byKey =
          Arrays.compareUnsigned(
              array,
              keyOffset,
              keyOffset + keyLength,
              other.array,
              other.keyOffset,
              other.keyOffset + other.keyLength);
      return byKey != 0 ? byKey : Long.compare(commit, other.commit);
    }

    StorageEngine.Change change() {
      return new StorageEngine.Change(
          store,
          Arrays.copyOfRange(array, keyOffset, keyOffset + keyLength),
          valueLength < 0
              ? null
              : Arrays.copyOfRange(array, valueOffset, valueOffset + valueLength));
    }
  }

  /**
   * @param blocks consecutive commits
   * @param stores the engine's stores and their indexes; changes of others are left out
   */
  ChangeMerge(Collection<Block> blocks, Map<String, Integer> stores) {
    for (Block block : blocks) {
      for (StoreChanges changes : block.stores()) {
        Integer store = stores.get(changes.store());
        if (store != null) {
          add(store, changes.cursor(), block.number());
        }
      }
    }
    slices.sort(null);
  }

  private void add(int store, StoreChanges.Cursor cursor, long commit) {
    while (cursor.next()) {
      slices.add(
          new Slice(
              store,
              cursor.array(),
              cursor.keyOffset(),
              cursor.keyLength(),
              cursor.valueOffset(),
              cursor.valueLength(),
              commit));
    }
  }

  @Override
  public Iterator<StorageEngine.Change> iterator() {
    return new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < slices.size();
      }

      @Override
      public StorageEngine.Change next() {
        while (next + 1 < slices.size() && slices.get(next).sameKey(slices.get(next + 1))) {
          next++;
        }
        return slices.get(next++).change();
      }
    };
  }
}
