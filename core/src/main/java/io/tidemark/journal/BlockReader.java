package io.tidemark.journal;

import io.tidemark.journal.BlockDecoder.LocatedBlock;
import java.time.Duration;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Reads the blocks of one task that count, from some position up to what is decided when the
 * reading begins. For who looks at a journal from outside; its owner has more to find out. Confined
 * to the journal reader's thread, which reads nothing else meanwhile.
 */
public final class BlockReader {
  private static final Duration POLL = Duration.ofMillis(200);

  private final JournalReader reader;
  private final BlockDecoder decoder;
  private final long from;
  private final long end;
  private final ArrayDeque<LocatedBlock> ready = new ArrayDeque<>();

  /**
   * Begins to read.
   *
   * @param journal names the task's journal, for messages
   * @param from the position of a block's first record, or of the oldest record
   * @throws io.tidemark.api.StateException (TM-3006) if the journal does not have that position
   */
  public BlockReader(JournalReader reader, int partition, String journal, long from) {
    this.reader = reader;
    this.decoder = new BlockDecoder(journal);
    this.from = from;
    this.end = reader.end(partition);
    reader.seek(partition, from);
  }

  /** The next block; null after the last. */
  public @Nullable LocatedBlock next() {
    while (ready.isEmpty() && reader.position() < end) {
      for (JournalRecord record : reader.poll(POLL)) {
        LocatedBlock block = decoder.add(record);
        if (block != null) {
          ready.add(block);
        }
      }
    }
    return ready.poll();
  }

  /** How much of what there is to read has been read, from 0 to 1. */
  public double share() {
    return end <= from ? 1 : Math.min(1, (reader.position() - from) / (double) (end - from));
  }
}
