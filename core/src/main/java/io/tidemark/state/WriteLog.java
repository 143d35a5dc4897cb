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
   * The writes of a commit.
   *
   * @param own whether the bytes are not those of the block
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Segment(long commit, byte[] bytes, int begin, int writes, boolean own) {}

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
    return index >= 0 && ChangeBuffer.isOf(bytes(index), begin(index) + offset(place), engineKey);
  }

  /** The commit of a write; 0 if it is in no block yet. */
  long commit(long place) {
    int index = segmentNumber(place) - firstSegment;
    return index == segments.size() ? 0 : segments.get(index).commit;
  }

  /** The key of a write. */
  byte[] engineKey(long place) {
    int index = segmentNumber(place) - firstSegment;
    return ChangeBuffer.key(bytes(index), begin(index) + offset(place));
  }

  /** The stored value of a write; null for a deletion. */
  byte @Nullable [] stored(long place) {
    int index = segmentNumber(place) - firstSegment;
    return ChangeBuffer.value(bytes(index), begin(index) + offset(place));
  }

  private byte[] bytes(int index) {
    return index == segments.size() ? open.array() : segments.get(index).bytes;
  }

  private int begin(int index) {
    return index == segments.size() ? 0 : segments.get(index).begin;
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
      boolean own = removedCount > 0; // so that places stay as they are
      byte[] bytes = own ? Arrays.copyOf(open.array(), open.length()) : changes.array();
      segments.add(new Segment(commit, bytes, own ? 0 : changes.begin(), openWrites, own));
      charge(own ? bytes.length : 0);
    }
    clearOpen();
  }

  /** Forgets the writes of commits that the engine has. */
  void applied(long commit) {
    int gone = 0;
    while (gone < segments.size() && segments.get(gone).commit <= commit) {
      Segment segment = segments.get(gone);
      charge(segment.own ? -segment.bytes.length : 0);
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
