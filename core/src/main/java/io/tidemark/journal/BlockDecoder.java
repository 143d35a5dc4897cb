package io.tidemark.journal;

import io.tidemark.api.StateException;
import java.nio.ByteBuffer;
import net.jpountz.lz4.LZ4Factory;
import org.jspecify.annotations.Nullable;

/**
 * Puts the blocks of one journal partition together from its records, in order, and decides which
 * count. Damage is an error that names the place; nothing damaged is ever returned. Confined to one
 * thread.
 *
 * <p>A block that breaks off is passed over if another generation follows: its writer died while it
 * appended without a transaction. Within a generation it is an error. Without transactions a former
 * owner's parts may also come late, between those of its successor; they are passed over.
 */
public final class BlockDecoder {
  private final String journal;
  private long generation;
  private long number = -1;
  private @Nullable Pending pending;

  /**
   * @param journal names the journal partition in messages
   */
  public BlockDecoder(String journal) {
    this.journal = journal;
  }

  /**
   * A block and where it stands.
   *
   * @param block the block
   * @param position the position of its first record
   */
  public record LocatedBlock(Block block, long position) {}

  /**
   * Takes the next record.
   *
   * @return the block that it completes; null if it completes none or one that does not count
   * @throws StateException (TM-3007) if the record is damaged or out of order
   */
  public @Nullable LocatedBlock add(JournalRecord record) {
    Header header = header(record);
    if (header.generation < generation) {
      return null; // from a former owner, perhaps between the parts of a block of the present one
    }
    if (pending != null && !pending.header.sameBlock(header)) {
      if (pending.header.generation == header.generation) {
        throw damaged(record, "block " + pending.header.number + " breaks off before it");
      }
      pending = null;
    }
    if (pending == null) {
      pending = new Pending(header, record.position());
    }
    if (header.part != pending.parts) {
      throw damaged(
          record, "part " + header.part + " stands where part " + pending.parts + " should");
    }
    if (!pending.add(record.value())) {
      throw damaged(record, "part " + header.part + " exceeds its block");
    }
    if (pending.parts < header.parts) {
      return null;
    }
    Pending complete = pending;
    pending = null;
    return accept(parse(complete, record), complete.position, record);
  }

  private @Nullable LocatedBlock accept(Block block, long position, JournalRecord record) {
    boolean first = number < 0;
    boolean inSequence = first || block.number() == number + 1;
    if (block.opening() != null) {
      if (block.generation() <= generation || !inSequence) {
        return null; // came second to another owner's
      }
    } else if (block.generation() < generation) {
      return null;
    } else if (!inSequence) {
      throw damaged(record, "block " + block.number() + " follows block " + number);
    } else if (!first && block.generation() > generation) {
      throw damaged(record, "generation " + block.generation() + " was never opened");
    }
    generation = block.generation();
    number = block.number();
    return new LocatedBlock(block, position);
  }

  private Header header(JournalRecord record) {
    byte[] value = record.value();
    if (value.length < BlockEncoder.HEADER_BYTES) {
      throw damaged(record, "it has only " + value.length + " bytes");
    }
    ByteBuffer bytes = ByteBuffer.wrap(value);
    if (bytes.get(0) != BlockEncoder.MAGIC) {
      throw damaged(record, "it is no part of a block");
    }
    if (bytes.get(1) != BlockEncoder.VERSION) {
      throw new StateException(
          "TM-3010",
          String.format(
              "%s at position %d is written in format %d, and this version of Tidemark reads format"
                  + " %d; use the version that wrote it, or a later one",
              journal, record.position(), bytes.get(1), BlockEncoder.VERSION));
    }
    if (bytes.getInt(BlockEncoder.CHECKSUM_OFFSET) != BlockEncoder.checksum(value)) {
      throw damaged(record, "its checksum does not match its bytes");
    }
    Header header =
        new Header(
            bytes.get(2),
            bytes.getLong(4),
            bytes.getLong(12),
            bytes.getInt(20),
            bytes.getInt(24),
            bytes.getInt(28),
            bytes.getInt(32));
    if (!header.makesSense()) {
      throw damaged(record, "its header makes no sense: " + header);
    }
    return header;
  }

  private Block parse(Pending complete, JournalRecord last) {
    Header header = complete.header;
    try {
      if (complete.stored.position() != header.storedLength) {
        throw new IllegalStateException("its parts have " + complete.stored.position() + " bytes");
      }
      byte[] body = complete.stored.array();
      if (header.compression == BlockEncoder.LZ4) {
        byte[] restored = new byte[header.bodyLength];
        LZ4Factory.fastestInstance().safeDecompressor().decompress(body, restored);
        body = restored;
      } else if (header.compression != BlockEncoder.UNCOMPRESSED) {
        throw new IllegalStateException("its compression " + header.compression + " is unknown");
      }
      return BlockBody.parse(header.number, header.generation, body);
    } catch (RuntimeException e) {
      throw damaged(last, "block " + header.number + " cannot be read: " + e.getMessage());
    }
  }

  private StateException damaged(JournalRecord record, String what) {
    return new StateException(
        "TM-3007",
        String.format(
            "%s is damaged at position %d: %s. Nothing was changed. If a machine's local state"
                + " directory or a replica of the log holds an undamaged copy, start from that",
            journal, record.position(), what));
  }

  private record Header(
      byte compression,
      long number,
      long generation,
      int part,
      int parts,
      int bodyLength,
      int storedLength) {
    boolean makesSense() {
      return 0 <= part
          && part < parts
          && 0 <= storedLength
          && storedLength <= bodyLength
          && (compression != BlockEncoder.UNCOMPRESSED || storedLength == bodyLength);
    }

    boolean sameBlock(Header other) {
      return number == other.number
          && generation == other.generation
          && parts == other.parts
          && storedLength == other.storedLength
          && other.part != 0;
    }
  }

  private static final class Pending {
    final Header header;
    final long position;
    final ByteBuffer stored;
    int parts;

    Pending(Header header, long position) {
      this.header = header;
      this.position = position;
      this.stored = ByteBuffer.allocate(header.storedLength);
    }

    boolean add(byte[] record) {
      int length = record.length - BlockEncoder.HEADER_BYTES;
      if (length > stored.remaining()) {
        return false;
      }
      stored.put(record, BlockEncoder.HEADER_BYTES, length);
      parts++;
      return true;
    }
  }
}
