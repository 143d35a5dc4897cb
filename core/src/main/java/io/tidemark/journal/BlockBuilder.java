package io.tidemark.journal;

import io.tidemark.api.SystemStreamPartition;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Builds blocks, one after another, also of several tasks, reusing its memory. Confined to one
 * thread.
 *
 * <p>A block's body is a row of sections, {@code id:u8 length:i32 bytes}; within them numbers are
 * unsigned varints and strings are {@code length:varint UTF-8}.
 */
public final class BlockBuilder {
  static final int SECTION_ORIGIN = 1;
  static final int SECTION_OPENING = 2;
  static final int SECTION_POSITIONS = 3;
  static final int SECTION_STORE = 4;
  static final int SECTION_MARKS = 5;

  private static final int MAX_BYTES = Integer.MAX_VALUE - 16;

  private byte[] buffer = new byte[4096];
  private int length;
  private int sectionStart;
  private long number;
  private long generation;

  /** Begins a block. */
  public BlockBuilder begin(
      long number, long generation, long timeMs, String writer, UUID journalId) {
    this.number = number;
    this.generation = generation;
    length = 0;
    beginSection(SECTION_ORIGIN);
    putLong(timeMs);
    putString(writer);
    putLong(journalId.getMostSignificantBits());
    putLong(journalId.getLeastSignificantBits());
    endSection();
    return this;
  }

  /** Makes it an opening block. */
  public BlockBuilder opening(Block.Opening opening) {
    beginSection(SECTION_OPENING);
    putVarint(opening.tasks());
    putVarint(opening.partitions());
    putVarint(opening.slots());
    putLong(opening.begunFrom());
    putVarint(opening.stores().size());
    opening.stores().forEach(this::putIdentity);
    endSection();
    return this;
  }

  private void putIdentity(StoreIdentity store) {
    putString(store.name());
    putVarint(store.format());
    putString(store.keySchema());
    putString(store.scope());
    putString(store.partitioningKey());
    putVarint(store.valueSchemas().size());
    store.valueSchemas().forEach(this::putString);
  }

  /** Adds how far the inputs were processed. */
  public BlockBuilder positions(Map<SystemStreamPartition, String> positions) {
    beginSection(SECTION_POSITIONS);
    putVarint(positions.size());
    positions.forEach(
        (partition, offset) -> {
          putString(partition.getSystem());
          putString(partition.getStream());
          putVarint(partition.getPartition().id());
          putString(offset);
        });
    endSection();
    return this;
  }

  /** Adds what the commit means beyond its changes, if anything. */
  public BlockBuilder marks(Block.Marks marks) {
    if (!marks.equals(Block.Marks.NONE)) {
      beginSection(SECTION_MARKS);
      putLong(marks.cut());
      putLong(marks.lastCut());
      putBytes(new byte[] {(byte) (marks.released() ? 1 : 0)});
      endSection();
    }
    return this;
  }

  /** Begins the changes of a store, of which {@code count} follow, each by {@link #change}. */
  public void beginStore(String store, int count) {
    beginSection(SECTION_STORE);
    putString(store);
    putVarint(count);
  }

  /** Adds a change of the store begun: a new value, or null to remove the key. */
  public void change(byte[] key, byte @Nullable [] value) {
    putVarint(key.length);
    putBytes(key);
    if (value == null) {
      putVarint(0);
    } else {
      putVarint(value.length + 1);
      putBytes(value);
    }
  }

  /** As the other, for a value that stands in two pieces. */
  public void change(byte[] key, byte[] valueBegin, byte[] valueEnd) {
    putVarint(key.length);
    putBytes(key);
    putVarint(Math.addExact(valueBegin.length, valueEnd.length) + 1);
    putBytes(valueBegin);
    putBytes(valueEnd);
  }

  /** Adds changes of the store begun that are packed already. */
  public void changes(byte[] packed, int from, int to) {
    putBytes(packed, from, to - from);
  }

  /** Ends the changes of the store begun. */
  public void endStore() {
    endSection();
  }

  /** The block, on bytes of its own. */
  public EncodedBlock build(BlockEncoder encoder) {
    byte[] body = Arrays.copyOf(buffer, length);
    if (buffer.length > 1 << 20 && length < buffer.length / 4) {
      buffer = new byte[4096]; // a rare large block does not keep its memory
    }
    Block block = BlockBody.parse(number, generation, body);
    return new EncodedBlock(block, encoder.encode(number, generation, body));
  }

  /**
   * A block and its bytes.
   *
   * @param block the block
   * @param records the records to append to the journal
   */
  public record EncodedBlock(Block block, List<byte[]> records) {}

  private void beginSection(int id) {
    ensure(5);
    buffer[length++] = (byte) id;
    sectionStart = length;
    length += 4;
  }

  private void endSection() {
    int sectionLength = length - sectionStart - 4;
    for (int i = 0; i < 4; i++) {
      buffer[sectionStart + i] = (byte) (sectionLength >>> (24 - 8 * i));
    }
  }

  private void putString(String string) {
    byte[] bytes = string.getBytes(StandardCharsets.UTF_8);
    putVarint(bytes.length);
    putBytes(bytes);
  }

  private void putLong(long value) {
    ensure(8);
    for (int shift = 56; shift >= 0; shift -= 8) {
      buffer[length++] = (byte) (value >>> shift);
    }
  }

  private void putVarint(int value) {
    ensure(Varint.MAX_BYTES);
    length = Varint.put(buffer, length, value);
  }

  private void putBytes(byte[] bytes) {
    putBytes(bytes, 0, bytes.length);
  }

  private void putBytes(byte[] bytes, int offset, int count) {
    ensure(count);
    System.arraycopy(bytes, offset, buffer, length, count);
    length += count;
  }

  private void ensure(int more) {
    long needed = (long) length + more;
    if (needed > buffer.length) {
      buffer = Arrays.copyOf(buffer, capacity(buffer.length, needed));
    }
  }

  /** How large an array becomes that has to grow. */
  static int capacity(int before, long needed) {
    if (needed > MAX_BYTES) {
      throw new IllegalStateException("a commit's changes exceed 2 GiB; commit more often");
    }
    return (int) Math.min(Math.max(needed, 2L * before), MAX_BYTES);
  }
}
