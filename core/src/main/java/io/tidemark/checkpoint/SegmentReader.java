package io.tidemark.checkpoint;

import io.tidemark.api.CheckpointVerificationException;
import io.tidemark.api.StateException;
import io.tidemark.journal.BlockDecoder;
import io.tidemark.journal.BlockDecoder.LocatedBlock;
import io.tidemark.journal.JournalRecord;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/** Reads what {@link SegmentWriter} wrote. Confined to one thread. */
final class SegmentReader {
  private static final int BUFFER = 1 << 17;
  private static final int MOST_RECORD_BYTES = 1 << 30;

  private SegmentReader() {}

  /**
   * Gives the blocks of a segment, in order.
   *
   * @param what names the segment in messages
   * @throws CheckpointVerificationException (TM-8203) if they are not those that it should have
   */
  static void read(
      SegmentRef segment, String what, InputStream bytes, Consumer<LocatedBlock> blocks)
      throws IOException {
    BlockDecoder decoder = new BlockDecoder(what);
    long next = segment.from();
    long left = segment.size();
    try (DataInputStream in = new DataInputStream(new BufferedInputStream(bytes, BUFFER))) {
      while (left > 0) {
        long position = in.readLong();
        int length = in.readInt();
        if (length < 0 || length > MOST_RECORD_BYTES) {
          throw wrong(segment, what, "a record of " + length + " bytes");
        }
        byte[] value = new byte[length];
        in.readFully(value);
        left -= Long.BYTES + Integer.BYTES + length;
        LocatedBlock block = decoder.add(new JournalRecord(position, value));
        if (block != null && block.block().number() != next) {
          throw wrong(segment, what, "block " + block.block().number() + " in place of " + next);
        }
        if (block != null) {
          next++;
          blocks.accept(block);
        }
      }
    } catch (EOFException e) {
      throw wrong(segment, what, "a record that breaks off");
    } catch (StateException e) {
      throw new CheckpointVerificationException(
          CheckpointVerificationException.STRUCTURE, what, expected(segment), e.toString(), e);
    }
    if (left < 0 || next > segment.to() + 1) {
      throw wrong(segment, what, "blocks up to " + (next - 1));
    }
  }

  private static String expected(SegmentRef segment) {
    return "blocks " + segment.from() + " to " + segment.to();
  }

  private static CheckpointVerificationException wrong(
      SegmentRef segment, String what, String found) {
    return new CheckpointVerificationException(
        CheckpointVerificationException.STRUCTURE, what, expected(segment), found, null);
  }
}
