package io.tidemark.state;

import io.tidemark.journal.BlockBuilder;
import io.tidemark.journal.ChangeBuffer;
import io.tidemark.journal.StoreChanges;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes in the order in which they came, as they stand in blocks: those since the last commit in a
 * buffer, the others in the blocks themselves, of which no copy is kept. A commit's writes go when
 * the engine has them.
 *
 * <p>A write is known by its place: the number of its segment, which is a commit's, and where it
 * begins in there; becoming part of a block does not change it. Confined to the task's worker.
 */
final class WriteLog {
  private static final int[] NONE = new int[0];

  private final ObjectCache cache;
  private final ChangeBuffer open = new ChangeBuffer();
  private int openWrites;

  /** The places in the buffer of writes that are no longer meant. */
  private int[] removed = NONE;

  private int removedCount;

  /** Commits after the one that the engine has. */
  private final List<Segment> segments = new ArrayList<>();

  /** The number of the first segment that is there; the buffer has that after the last. */
  private int firstSegment;

  /** What the cache was told that all this takes. */
  private long charged;

  /**
   * The writes of a commit, where they stand in its block. The block leaves out what was removed
   * from the buffer, so that what came after it begins earlier there.
   *
   * @param begin of the first
   * @param gaps the places in the buffer of what was left out, in order
   * @param gapBytes how many bytes each of them and those before it had together
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Segment(
      long commit, byte[] bytes, int begin, int writes, int[] gaps, int[] gapBytes) {

    /** Where a write begins that was at a place in the buffer. */
    int at(int offset) {
      int before = gaps.length == 0 ? 0 : -Arrays.binarySearch(gaps, offset) - 1;
      return begin + offset - (before == 0 ? 0 : gapBytes[before - 1]);
    }

    /** What it takes beside the block. */
    long ownBytes() {
      return 2L * Integer.BYTES * gaps.length;
    }
  }

  /**
   * @param cache whose memory it takes
   */
  WriteLog(ObjectCache cache) {
    this.cache = cache;
  }

  boolean isEmpty() {
    return segments.isEmpty() && openWrites == 0;
  }

  /** How many writes are in no block yet. */
  int uncommitted() {
    return openWrites;
  }

  /** How many writes there are. */
  int size() {
    int writes = openWrites;
    for (Segment segment : segments) {
      writes += segment.writes;
    }
    return writes;
  }

  /**
   * Adds a write.
   *
   * @param header what stands before the payload
   * @param payload what the serde wrote; null for a deletion
   * @return its place
   */
  long append(byte[] engineKey, byte[] header, byte @Nullable [] payload) {
    int before = open.capacity();
    int offset = open.add(engineKey, header, payload);
    charge(open.capacity() - before);
    openWrites++;
    return place(firstSegment + segments.size(), offset);
  }

  /** Takes back a write that is in no block yet. */
  void remove(long place) {
    int offset = offset(place);
    openWrites--;
    if (ChangeBuffer.end(open.array(), offset) == open.length()) {
      open.truncate(offset);
    } else {
      if (removedCount == removed.length) {
        removed = Arrays.copyOf(removed, Math.max(8, 2 * removedCount));
      }
      removed[removedCount++] = offset;
    }
  }

  // ---- reading

  /** A place that is not there any more. */
  long gone() {
    return place(firstSegment - 1, 0);
  }

  /** Whether a place is still there. */
  boolean has(long place) {
    return segmentNumber(place) - firstSegment >= 0;
  }

  /** Whether a place is still there, and its write one of a key. */
  boolean isOf(long place, byte[] engineKey) {
    int index = segmentNumber(place) - firstSegment;
    return index >= 0 && ChangeBuffer.isOf(bytes(index), at(index, place), engineKey);
  }

  /** The commit of a write; 0 if it is in no block yet. */
  long commit(long place) {
    int index = segmentNumber(place) - firstSegment;
    return index == segments.size() ? 0 : segments.get(index).commit;
  }

  /** The key of a write. */
  byte[] engineKey(long place) {
    int index = segmentNumber(place) - firstSegment;
    return ChangeBuffer.key(bytes(index), at(index, place));
  }

  /** The stored value of a write; null for a deletion. */
  byte @Nullable [] stored(long place) {
    int index = segmentNumber(place) - firstSegment;
    return ChangeBuffer.value(bytes(index), at(index, place));
  }

  private byte[] bytes(int index) {
    return index == segments.size() ? open.array() : segments.get(index).bytes;
  }

  private int at(int index, long place) {
    return index == segments.size() ? offset(place) : segments.get(index).at(offset(place));
  }

  // ---- commits

  /** Adds the writes that are in no block yet to one, as the first of the store begun. */
  void writeTo(BlockBuilder block) {
    Arrays.sort(removed, 0, removedCount);
    int from = 0;
    for (int i = 0; i < removedCount; i++) {
      block.changes(open.array(), from, removed[i]);
      from = ChangeBuffer.end(open.array(), removed[i]);
    }
    block.changes(open.array(), from, open.length());
  }

  /**
   * What {@link #writeTo} added is part of a commit.
   *
   * @param changes those of the store in the commit's block
   */
  void committed(long commit, StoreChanges changes) {
    if (openWrites > 0) {
      int[] gaps = removedCount == 0 ? NONE : Arrays.copyOf(removed, removedCount);
      Segment segment =
          new Segment(
              commit, changes.array(), changes.begin(), openWrites, gaps, bytesUpToEach(gaps));
      segments.add(segment);
      charge(segment.ownBytes());
    }
    clearOpen();
  }

  private int[] bytesUpToEach(int[] places) {
    int[] sums = places.length == 0 ? NONE : new int[places.length];
    int sum = 0;
    for (int i = 0; i < sums.length; i++) {
      sum += ChangeBuffer.end(open.array(), places[i]) - places[i];
      sums[i] = sum;
    }
    return sums;
  }

  /** Forgets the writes of commits that the engine has. */
  void applied(long commit) {
    int gone = 0;
    while (gone < segments.size() && segments.get(gone).commit <= commit) {
      charge(-segments.get(gone).ownBytes());
      gone++;
    }
    segments.subList(0, gone).clear();
    firstSegment += gone;
  }

  /** Forgets everything. */
  void clear() {
    firstSegment += segments.size();
    segments.clear();
    clearOpen();
    open.clear(); // it is empty, so this gives its memory back
    charge(-charged);
  }

  private void clearOpen() {
    int before = open.capacity();
    open.clear();
    charge(open.capacity() - before);
    openWrites = 0;
    removed = NONE;
    removedCount = 0;
  }

  private void charge(long more) {
    charged += more;
    cache.charge(more);
  }

  private static int segmentNumber(long place) {
    return (int) (place >>> 32);
  }

  private static int offset(long place) {
    return (int) place;
  }

  private static long place(int segment, int offset) {
    return (long) segment << 32 | offset;
  }
}
