package io.tidemark.state;

import io.tidemark.journal.Block;
import io.tidemark.journal.StoreChanges;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.TreeMap;

/**
 * The changes of several commits as one batch for an engine: in order, the last of each key only.
 */
final class ChangeMerge implements Iterable<Change> {
  private static final int BYTE_VALUES = 256;

  private final List<Sorted> stores = new ArrayList<>();

  /**
   * @param blocks consecutive commits
   * @param indexes the engine's stores and their indexes; changes of others are left out
   */
  ChangeMerge(Collection<Block> blocks, Map<String, Integer> indexes) {
    Map<Integer, List<StoreChanges>> byStore = new TreeMap<>();
    for (Block block : blocks) {
      for (StoreChanges changes : block.stores()) {
        Integer store = indexes.get(changes.store());
        if (store != null) {
          byStore.computeIfAbsent(store, added -> new ArrayList<>()).add(changes);
        }
      }
    }
    byStore.forEach((store, changes) -> stores.add(new Sorted(store, changes)));
  }

  /**
   * The changes of one store, sorted by key and, of the same key, as they were made. Sorting moves
   * numbers only: first by the bytes of the keys' beginnings, from the last byte to the first and
   * only those in which keys differ, and then what begins alike by comparison.
   */
  private static final class Sorted {
    final int store;
    private final byte[][] arrays;
    private final int[] keyOffsets;
    private final int[] keyLengths;
    private final int[] valueOffsets;
    private final int[] valueLengths;
    private final long[] first;
    private final long[] second;
    private final int[] order;

    Sorted(int store, List<StoreChanges> all) {
      this.store = store;
      int count = all.stream().mapToInt(StoreChanges::count).sum();
      arrays = new byte[count][];
      keyOffsets = new int[count];
      keyLengths = new int[count];
      valueOffsets = new int[count];
      valueLengths = new int[count];
      first = new long[count];
      second = new long[count];
      order = new int[count];
      int next = 0;
      for (StoreChanges changes : all) {
        for (StoreChanges.Cursor change = changes.cursor(); change.next(); next++) {
          add(next, change);
        }
      }
      sortByBeginnings();
      sortWhatBeginsAlike();
    }

    private void sortByBeginnings() {
      int count = order.length;
      if (count < 2) {
        return;
      }
      int[][] counts = new int[2 * Long.BYTES][BYTE_VALUES];
      for (int i = 0; i < count; i++) {
        for (int place = 0; place < Long.BYTES; place++) {
          counts[place][byteAt(second[i], place)]++;
          counts[Long.BYTES + place][byteAt(first[i], place)]++;
        }
      }
      int[] source = order;
      int[] target = new int[count];
      for (int place = 0; place < counts.length; place++) {
        long[] numbers = place < Long.BYTES ? second : first;
        int within = place % Long.BYTES;
        if (counts[place][byteAt(numbers[0], within)] != count) {
          distribute(source, target, numbers, within, counts[place]);
          int[] sorted = target;
          target = source;
          source = sorted;
        }
      }
      if (source != order) {
        System.arraycopy(source, 0, order, 0, count);
      }
    }

    /** Moves numbers to where their byte belongs, those of the same byte in the order they have. */
    private static void distribute(
        int[] source, int[] target, long[] numbers, int place, int[] counts) {
      int next = 0;
      for (int value = 0; value < BYTE_VALUES; value++) {
        int begin = next;
        next += counts[value];
        counts[value] = begin;
      }
      for (int index : source) {
        target[counts[byteAt(numbers[index], place)]++] = index;
      }
    }

    /** A byte of a number, the lowest at place 0. */
    private static int byteAt(long number, int place) {
      return (int) (number >>> (place * Byte.SIZE)) & 0xff;
    }

    private void sortWhatBeginsAlike() {
      for (int from = 0; from < order.length; ) {
        int index = order[from];
        int end = from + 1;
        boolean whole = keyLengths[index] <= 2 * Long.BYTES;
        while (end < order.length
            && first[order[end]] == first[index]
            && second[order[end]] == second[index]) {
          whole &= keyLengths[order[end]] == keyLengths[index];
          end++;
        }
        if (!whole && end - from > 1) {
          int[] run = Arrays.copyOfRange(order, from, end);
          sort(run, run.clone(), 0, run.length);
          System.arraycopy(run, 0, order, from, run.length);
        }
        from = end;
      }
    }

    private void add(int index, StoreChanges.Cursor change) {
      byte[] array = change.array();
      int from = change.keyOffset();
      int end = from + change.keyLength();
      arrays[index] = array;
      keyOffsets[index] = from;
      keyLengths[index] = change.keyLength();
      valueOffsets[index] = change.valueOffset();
      valueLengths[index] = change.valueLength();
      first[index] = eightBytes(array, from, end);
      second[index] = eightBytes(array, from + Long.BYTES, end);
      order[index] = index;
    }

    /** Eight bytes as an unsigned number; zeros where there are fewer. */
    private static long eightBytes(byte[] array, int from, int end) {
      long bytes = 0;
      for (int i = 0; i < Long.BYTES; i++) {
        bytes = (bytes << 8) | (from + i < end ? array[from + i] & 0xff : 0);
      }
      return bytes;
    }

    /** Merge sort; both arrays hold the same in the range when it begins. */
    private void sort(int[] target, int[] source, int from, int to) {
      if (to - from < 8) {
        for (int i = from + 1; i < to; i++) {
          int moved = target[i];
          int place = i;
          for (; place > from && compare(target[place - 1], moved) > 0; place--) {
            target[place] = target[place - 1];
          }
          target[place] = moved;
        }
        return;
      }
      int middle = (from + to) >>> 1;
      sort(source, target, from, middle);
      sort(source, target, middle, to);
      int left = from;
      int right = middle;
      for (int i = from; i < to; i++) {
        boolean takeLeft =
            right == to || (left < middle && compare(source[left], source[right]) <= 0);
        target[i] = takeLeft ? source[left++] : source[right++];
      }
    }

    private int compare(int left, int right) {
      if (first[left] != first[right]) {
        return Long.compareUnsigned(first[left], first[right]);
      }
      if (second[left] != second[right]) {
        return Long.compareUnsigned(second[left], second[right]);
      }
      return Arrays.compareUnsigned(
          arrays[left],
          keyOffsets[left],
          keyOffsets[left] + keyLengths[left],
          arrays[right],
          keyOffsets[right],
          keyOffsets[right] + keyLengths[right]);
    }

    int size() {
      return order.length;
    }

    /** Whether the change at a place is followed by a later one of its key. */
    boolean isOvertaken(int place) {
      return place + 1 < order.length && compare(order[place], order[place + 1]) == 0;
    }

    Change change(int place) {
      int index = order[place];
      return new Change(
          store,
          arrays[index],
          keyOffsets[index],
          keyLengths[index],
          valueOffsets[index],
          valueLengths[index]);
    }
  }

  @Override
  public Iterator<Change> iterator() {
    return new Iterator<>() {
      private int store;
      private int next;

      @Override
      public boolean hasNext() {
        while (store < stores.size() && next == stores.get(store).size()) {
          store++;
          next = 0;
        }
        return store < stores.size();
      }

      @Override
      public Change next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        Sorted sorted = stores.get(store);
        while (sorted.isOvertaken(next)) {
          next++;
        }
        return sorted.change(next++);
      }
    };
  }
}
