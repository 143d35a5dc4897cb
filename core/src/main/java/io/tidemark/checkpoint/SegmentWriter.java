package io.tidemark.checkpoint;

import io.tidemark.journal.Block;
import io.tidemark.journal.BlockDecoder;
import io.tidemark.journal.BlockDecoder.LocatedBlock;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalRecord;
import io.tidemark.journal.StoreChanges;
import java.io.BufferedOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Copies a piece of a task's journal up to a cut into a file: the records of the blocks that count,
 * as they stand in the log. Blocks at the end that change no store are left out; what they say
 * besides is in the {@link TaskManifest}. docs/formats/checkpoint.md draws the file. Each block is
 * decoded on the way, so that nothing damaged gets into a checkpoint. Confined to one thread.
 *
 * @param readers opens the journal
 * @param partition the task's
 * @param cut up to where
 */
record SegmentWriter(Supplier<JournalReader> readers, int partition, TaskCut cut) {
  /** Where a record's header has its block's number and generation; docs/formats/journal.md. */
  private static final int NUMBER_OFFSET = 4;

  private static final int GENERATION_OFFSET = 12;
  private static final int BUFFER = 1 << 17;
  private static final Duration PATIENCE = Duration.ofMillis(200);
  private static final int MOST_EMPTY_POLLS = 100;

  /** Stands for the beginning of the journal. */
  static final long OLDEST = -1;

  /**
   * A piece in a file.
   *
   * @param file the file; it is empty if no block changes a store
   * @param from the number of the first block
   * @param to the number of the cut's block
   * @param size of the file
   */
  record Segment(Path file, long from, long to, long size) {}

  /**
   * Copies the blocks from a number on.
   *
   * @param position where to begin to read: at that block or one before it
   * @param file to write to
   * @param mostBytes how long it may become
   * @return null if it would become longer
   * @throws io.tidemark.api.StateException (TM-3006) if the journal does not have the position
   * @throws SnapshotException (TM-8205) if it does not have all of the blocks
   */
  @Nullable Segment copy(long from, long position, Path file, long mostBytes) throws IOException {
    Copying copying = new Copying(from);
    try (JournalReader reader = readers.get();
        DataOutputStream out =
            new DataOutputStream(new BufferedOutputStream(Files.newOutputStream(file), BUFFER))) {
      reader.seek(partition, position == OLDEST ? reader.oldest(partition) : position);
      int emptyPolls = 0;
      while (copying.last < cut.commit()) {
        List<JournalRecord> records = reader.poll(PATIENCE);
        emptyPolls = records.isEmpty() ? emptyPolls + 1 : 0;
        if (emptyPolls > MOST_EMPTY_POLLS) {
          throw missing("it ends with block " + copying.last);
        }
        for (JournalRecord record : records) {
          if (copying.last < cut.commit()) {
            copying.add(record, out);
          }
        }
        if (copying.changesEnd > mostBytes) {
          return null;
        }
      }
    }
    try (FileChannel written = FileChannel.open(file, StandardOpenOption.WRITE)) {
      written.truncate(copying.changesEnd);
    }
    return new Segment(file, from, cut.commit(), copying.changesEnd);
  }

  private SnapshotException missing(String what) {
    return new SnapshotException(
        SnapshotException.JOURNAL,
        String.format(
            "the journal of task %s does not have what the snapshot at commit %d needs: %s. The"
                + " next checkpoint begins anew",
            cut.task(), cut.commit(), what),
        null);
  }

  /** What was read and written so far. */
  private final class Copying {
    private final long from;
    private final BlockDecoder decoder = new BlockDecoder("the journal of task " + cut.task());
    private final List<JournalRecord> pending = new ArrayList<>();
    private long written;

    /** The number of the last block that was read; one before the first at the beginning. */
    long last;

    /** Where the last block that changes a store ends in the file. */
    long changesEnd;

    Copying(long from) {
      this.from = from;
    }

    void add(JournalRecord record, DataOutputStream out) throws IOException {
      pending.add(record);
      LocatedBlock complete = decoder.add(record);
      if (complete == null) {
        return;
      }
      Block block = complete.block();
      if (last == 0 && block.number() > from) {
        throw missing("it begins with block " + block.number() + ", after block " + from);
      }
      last = block.number();
      if (last == cut.commit() && complete.position() != cut.position()) {
        throw missing(
            "block " + last + " is at " + complete.position() + ", not at " + cut.position());
      }
      if (last >= from) {
        write(block, out);
      }
      pending.clear();
    }

    private void write(Block block, DataOutputStream out) throws IOException {
      for (JournalRecord record : pending) {
        ByteBuffer header = ByteBuffer.wrap(record.value());
        if (header.getLong(NUMBER_OFFSET) == block.number()
            && header.getLong(GENERATION_OFFSET) == block.generation()) {
          out.writeLong(record.position());
          out.writeInt(record.value().length);
          out.write(record.value());
          written += Long.BYTES + Integer.BYTES + record.value().length;
        }
      }
      if (block.stores().stream().mapToInt(StoreChanges::count).sum() > 0) {
        changesEnd = written;
      }
    }
  }
}
