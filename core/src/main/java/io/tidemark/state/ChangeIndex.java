package io.tidemark.state;

import io.tidemark.journal.StoreChanges;
import io.tidemark.system.KeyHash;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Finds a key among the changes of a block: a hash table, with open addressing, of the places at
 * which changes begin. Immutable.
 */
final class ChangeIndex {
  private static final int NONE = -1;

  private final StoreChanges changes;
  private final int[] places;

  ChangeIndex(StoreChanges changes) {
    this.changes = changes;
    places = new int[Integer.highestOneBit(Math.max(1, changes.count())) * 4];
    Arrays.fill(places, NONE);
    for (StoreChanges.Cursor cursor = changes.cursor(); cursor.next(); ) {
      int slot = slot(KeyHash.of(cursor.array(), cursor.keyOffset(), cursor.keyLength()));
      while (places[slot] != NONE) {
        slot = slot(slot + 1);
      }
      places[slot] = cursor.place();
    }
  }

  private int slot(int hash) {
    return hash & (places.length - 1);
  }

  /** A cursor that stands on the change of a key; null if there is none. */
  StoreChanges.@Nullable Cursor find(byte[] key) {
    for (int slot = slot(KeyHash.of(key)); places[slot] != NONE; slot = slot(slot + 1)) {
      StoreChanges.Cursor cursor = changes.cursor(places[slot]);
      if (cursor.next()
          && Arrays.equals(
              cursor.array(),
              cursor.keyOffset(),
              cursor.keyOffset() + cursor.keyLength(),
              key,
              0,
              key.length)) {
        return cursor;
      }
    }
    return null;
  }
}
