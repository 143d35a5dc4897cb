package io.tidemark.state;

import io.tidemark.state.EngineReader.Direction;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/**
 * An immutable sorted map of bytes, in chunks. A table made from another by a few changes shares
 * all chunks but the ones they fall into.
 */
final class SortedTable {
  static final SortedTable EMPTY = new SortedTable(new Chunk[0], 0);

  /** Chunks are split when larger than twice this, and never empty. */
  private static final int CHUNK = 128;

  private final Chunk[] chunks;
  private final long size;

  /** Keys in order, and their values. Never changed once it is part of a table. */
  private record Chunk(byte[][] keys, byte[][] values) {
    byte[] first() {
      return keys[0];
    }

    /** The place of the first key that is not before this one. */
    int ceiling(byte[] key) {
      int low = 0;
      int high = keys.length;
      while (low < high) {
        int middle = (low + high) >>> 1;
        if (Arrays.compareUnsigned(keys[middle], key) < 0) {
          low = middle + 1;
        } else {
          high = middle;
        }
      }
      return low;
    }
  }

  private SortedTable(Chunk[] chunks, long size) {
    this.chunks = chunks;
    this.size = size;
  }

  long size() {
    return size;
  }

  /** The value of a key, not to be changed; null if absent. */
  byte @Nullable [] get(byte[] key) {
    if (chunks.length == 0) {
      return null;
    }
    Chunk chunk = chunks[chunkOf(key)];
    int place = chunk.ceiling(key);
    return place < chunk.keys.length && Arrays.equals(chunk.keys[place], key)
        ? chunk.values[place]
        : null;
  }

  /** The last chunk that begins at or before a key; the first one if none does. */
  private int chunkOf(byte[] key) {
    int low = 0;
    int high = chunks.length - 1;
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      if (Arrays.compareUnsigned(chunks[middle].first(), key) <= 0) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return low;
  }

  /**
   * This table with changes.
   *
   * @param changes at most one per key, in order
   */
  SortedTable with(List<Change> changes) {
    if (changes.isEmpty()) {
      return this;
    }
    List<Chunk> next = new ArrayList<>(chunks.length + 1);
    long nextSize = size;
    int done = 0;
    for (int i = 0; i < Math.max(1, chunks.length); i++) {
      Chunk old = i < chunks.length ? chunks[i] : new Chunk(new byte[0][], new byte[0][]);
      int end =
          i + 1 < chunks.length ? before(changes, done, chunks[i + 1].first()) : changes.size();
      if (end == done) {
        next.add(old);
      } else {
        nextSize += merge(old, changes.subList(done, end), next);
      }
      done = end;
    }
    return new SortedTable(next.toArray(Chunk[]::new), nextSize);
  }

  /** How many of the changes are before a key; at least those that were counted already. */
  private static int before(List<Change> changes, int from, byte[] key) {
    int low = from;
    int high = changes.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (Arrays.compareUnsigned(changes.get(middle).key(), key) < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Adds the chunks that come of a chunk and its changes; returns by how much it grew. */
  private static int merge(Chunk old, List<Change> changes, List<Chunk> target) {
    List<byte[]> keys = new ArrayList<>(old.keys.length + changes.size());
    List<byte[]> values = new ArrayList<>(old.keys.length + changes.size());
    int place = 0;
    for (Change change : changes) {
      int order = -1;
      while (place < old.keys.length
          && (order = Arrays.compareUnsigned(old.keys[place], change.key())) < 0) {
        keys.add(old.keys[place]);
        values.add(old.values[place++]);
      }
      if (place < old.keys.length && order == 0) {
        place++;
      }
      byte[] value = change.value();
      if (value != null) {
        keys.add(change.key());
        values.add(value);
      }
    }
    for (; place < old.keys.length; place++) {
      keys.add(old.keys[place]);
      values.add(old.values[place]);
    }
    split(keys, values, target);
    return keys.size() - old.keys.length;
  }

  private static void split(List<byte[]> keys, List<byte[]> values, List<Chunk> target) {
    int pieces = keys.size() <= 2 * CHUNK ? 1 : (keys.size() + CHUNK - 1) / CHUNK;
    for (int piece = 0; piece < pieces; piece++) {
      int from = (int) ((long) keys.size() * piece / pieces);
      int to = (int) ((long) keys.size() * (piece + 1) / pieces);
      if (to > from) {
        target.add(
            new Chunk(
                keys.subList(from, to).toArray(byte[][]::new),
                values.subList(from, to).toArray(byte[][]::new)));
      }
    }
  }

  /** This table's entries of some slots. */
  SortedTable only(IntPredicate slots) {
    List<Change> kept = new ArrayList<>();
    for (Chunk chunk : chunks) {
      for (int i = 0; i < chunk.keys.length; i++) {
        if (slots.test(Slots.slotOf(chunk.keys[i]))) {
          kept.add(new Change(0, chunk.keys[i], chunk.values[i]));
        }
      }
    }
    return EMPTY.with(kept);
  }

  /** Gives all entries, in order, without copying them. */
  void forEach(EntrySink sink) throws IOException {
    for (Chunk chunk : chunks) {
      for (int i = 0; i < chunk.keys.length; i++) {
        sink.add(chunk.keys[i], chunk.values[i]);
      }
    }
  }

  /** Takes entries, which it may not change. */
  interface EntrySink {
    void add(byte[] key, byte[] value) throws IOException;
  }

  EngineIterator scan(byte[] from, byte @Nullable [] to, Direction direction) {
    return direction == Direction.FORWARD ? new Forward(from, to) : new Backward(from, to);
  }

  /** A cursor; the place it stands on is in {@code chunk} and {@code place}. */
  private abstract class Cursor implements EngineIterator {
    int chunk;
    int place;

    @Override
    public byte[] key() {
      return current().clone();
    }

    @Override
    public byte[] value() {
      return chunks[chunk].values[place].clone();
    }

    byte[] current() {
      return chunks[chunk].keys[place];
    }

    @Override
    public void close() {
      // Holds nothing.
    }
  }

  private final class Forward extends Cursor {
    private final byte @Nullable [] to;

    Forward(byte[] from, byte @Nullable [] to) {
      this.to = to;
      if (chunks.length > 0) {
        chunk = chunkOf(from);
        place = chunks[chunk].ceiling(from);
        skipEnd();
      }
    }

    @Override
    public boolean valid() {
      return chunk < chunks.length && (to == null || Arrays.compareUnsigned(current(), to) < 0);
    }

    @Override
    public void next() {
      place++;
      skipEnd();
    }

    private void skipEnd() {
      if (place == chunks[chunk].keys.length) {
        chunk++;
        place = 0;
      }
    }
  }

  private final class Backward extends Cursor {
    private final byte[] from;

    Backward(byte[] from, byte @Nullable [] to) {
      this.from = from;
      chunk = chunks.length - 1;
      if (chunks.length == 0) {
        return;
      }
      if (to == null) {
        place = chunks[chunk].keys.length - 1;
      } else {
        chunk = chunkOf(to);
        place = chunks[chunk].ceiling(to) - 1;
        skipBeginning();
      }
    }

    @Override
    public boolean valid() {
      return chunk >= 0 && Arrays.compareUnsigned(current(), from) >= 0;
    }

    @Override
    public void next() {
      place--;
      skipBeginning();
    }

    private void skipBeginning() {
      if (place < 0) {
        chunk--;
        place = chunk < 0 ? 0 : chunks[chunk].keys.length - 1;
      }
    }
  }
}
