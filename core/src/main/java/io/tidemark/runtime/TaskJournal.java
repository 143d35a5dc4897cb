package io.tidemark.runtime;

import io.tidemark.api.StateException;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockBuilder;
import io.tidemark.journal.BlockBuilder.EncodedBlock;
import io.tidemark.journal.BlockDecoder;
import io.tidemark.journal.BlockDecoder.LocatedBlock;
import io.tidemark.journal.BlockEncoder;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalRecord;
import io.tidemark.state.EngineCommit;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A task's journal as its owner, or who is about to become it, knows it: what the last block that
 * counts was, and where to read on. Confined to the worker.
 */
final class TaskJournal {
  private static final Logger LOG = LoggerFactory.getLogger(TaskJournal.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final long PROGRESS_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final TaskName task;
  private final int partition;
  private final String journal;
  private BlockDecoder decoder;
  private long position;
  private long number;
  private long generation;
  private @Nullable String lastWriter;
  private @Nullable UUID journalId;
  private long confirmedNumber;
  private long lastCut;
  private boolean released;
  private boolean empty;
  private volatile long behind;
  private long readBytes;
  private Map<SystemStreamPartition, String> positions = Map.of();

  /**
   * @param journal the journal's name, for messages
   */
  TaskJournal(TaskName task, int partition, String journal) {
    this.task = task;
    this.partition = partition;
    this.journal = "partition " + partition + " of journal " + journal + " (task " + task + ")";
    this.decoder = new BlockDecoder(this.journal);
  }

  int partition() {
    return partition;
  }

  /** Where the first record is that was not read. */
  long position() {
    return position;
  }

  /**
   * The block with which the journal was begun; null if it was not.
   *
   * @throws StateException (TM-3006) if the journal no longer has its beginning
   */
  @Nullable Block first(JournalReader reader) {
    long oldest = reader.oldest(partition);
    long end = reader.end(partition);
    if (oldest == end) { // a seek would make a connection
      position = end;
      empty = true;
      return null;
    }
    BlockDecoder decoder = new BlockDecoder(journal);
    reader.seek(partition, oldest);
    while (reader.position() < end) {
      for (JournalRecord record : reader.poll(POLL)) {
        LocatedBlock block = decoder.add(record);
        if (block != null) {
          if (block.block().opening() == null || block.block().number() != 1) {
            throw gap("begins with block " + block.block().number());
          }
          return block.block();
        }
      }
    }
    return null;
  }

  /** Whether {@link #first} found no record; {@link #position} is where the first will be. */
  boolean isEmpty() {
    return empty;
  }

  /** Where to read from: where another look found the journal's partition to be empty. */
  void startAtBeginning(TaskJournal looked) {
    position = looked.position;
  }

  /** The position of a commit that the journal was begun after. */
  static final long BEFORE_JOURNAL = -1;

  /** Where to read from: the block that an engine holds, or the oldest. */
  void startAt(EngineCommit held, JournalReader reader) {
    if (held.number() == 0 || held.position() == BEFORE_JOURNAL) {
      position = reader.oldest(partition);
      number = held.number();
    } else {
      position = held.position();
      number = held.number() - 1;
    }
  }

  /**
   * What a snapshot says that a journal is to go on from.
   *
   * @param commit the last commit before the journal's first
   */
  void startAfter(
      long commit, long cut, Map<SystemStreamPartition, String> cutPositions, long oldest) {
    number = commit;
    lastCut = cut;
    positions = cutPositions;
    position = oldest;
  }

  /**
   * Reads what there is.
   *
   * @param end where the journal's partition ended when {@link JournalReader#end} was asked last
   * @param action takes the blocks that count, in order; what it throws ends the reading
   * @return whether any came
   * @throws StateException (TM-3006) if the journal does not have what the local state builds on
   */
  boolean readOn(JournalReader reader, long end, Consumer<LocatedBlock> action) {
    if (position > end) {
      throw gap("ends at position " + end);
    }
    if (position == end) {
      behind = 0;
      return false;
    }
    boolean any = false;
    long from = position;
    long told = System.nanoTime();
    reader.seek(partition, position);
    while (reader.position() < end) {
      if (System.nanoTime() - told > PROGRESS_NANOS) {
        told = System.nanoTime();
        LOG.info(
            "Task {}: replaying its journal, {} % of {} records",
            task, 100 * (reader.position() - from) / (end - from), end - from);
      }
      for (JournalRecord record : reader.poll(POLL)) {
        LocatedBlock located = decoder.add(record);
        if (located != null) {
          take(located.block());
          readBytes += located.block().changeBytes();
          confirmedNumber = number;
          action.accept(located);
          any = true;
        }
      }
      behind = Math.max(0, end - reader.position());
    }
    position = reader.position();
    return any;
  }

  private void take(Block block) {
    if (block.number() != number + 1) {
      throw gap("has block " + block.number() + " where block " + (number + 1) + " should be");
    }
    if (journalId != null && !journalId.equals(block.journalId())) {
      throw gap("has another id, " + block.journalId());
    }
    number = block.number();
    generation = block.generation();
    lastWriter = block.writer();
    journalId = block.journalId();
    positions = block.positions();
    lastCut = Math.max(lastCut, block.marks().lastCut());
    released = block.marks().released();
  }

  /** The journal does not go with what is known here. */
  StateException gap(String what) {
    return new StateException(
        "TM-3006",
        String.format(
            "%s %s, but what is known here goes up to block %d. Was the journal deleted, trimmed or"
                + " replaced? Start with the journal that belongs to the local state, or move that"
                + " state away",
            journal, what, number));
  }

  /** The journal is another than the local state's. */
  StateException foreign(UUID known, UUID found) {
    return gap("has the id " + found + ", and the local state belongs to " + known);
  }

  /** The journal was begun, and nothing of it is there any more. */
  StateException lost(UUID known) {
    return new StateException(
        "TM-3006",
        String.format(
            "%s is empty, and the local state belongs to one with the id %s. Was the journal"
                + " deleted? Start with the journal that belongs to the local state, or move that"
                + " state away",
            journal, known));
  }

  /** The name of the writer of the last block; null if there is none. */
  @Nullable String lastWriter() {
    return lastWriter;
  }

  /** The journal's id; null if the journal was not begun. */
  @Nullable UUID journalId() {
    return journalId;
  }

  /** The inputs' positions of the last block. */
  Map<SystemStreamPartition, String> positions() {
    return positions;
  }

  /** The last cut that the task has made; 0 if none. */
  long lastCut() {
    return lastCut;
  }

  /** Whether the last block's writer gave up the task in order. */
  boolean isReleased() {
    return released;
  }

  /** The generation of the last block; 0 if there is none. */
  long generation() {
    return generation;
  }

  /** How many records of the journal are known to be unread. Any thread may call it. */
  long behind() {
    return behind;
  }

  /** Bytes of the changes in the blocks that were read. */
  long readBytes() {
    return readBytes;
  }

  long number() {
    return number;
  }

  /**
   * The block by which this task's worker takes possession: the next one.
   *
   * @param wanted its generation, higher than the last block's; 0 for the next one
   */
  EncodedBlock opening(
      long wanted,
      String writer,
      UUID id,
      long timeMs,
      Block.Opening opening,
      Map<SystemStreamPartition, String> startPositions,
      BlockEncoder encoder) {
    return new BlockBuilder()
        .begin(number + 1, wanted == 0 ? generation + 1 : wanted, timeMs, writer, id)
        .opening(opening)
        .positions(startPositions)
        .marks(new Block.Marks(0, lastCut, false))
        .build(encoder);
  }

  /** Begins the next block; {@link #appended} follows. */
  BlockBuilder next(BlockBuilder builder, String writer, long timeMs) {
    return builder.begin(number + 1, generation, timeMs, writer, Objects.requireNonNull(journalId));
  }

  /**
   * A block of this owner's was committed; it begins there.
   *
   * @throws StateException (TM-3006) if that is before a block that was there already: the journal
   *     has been replaced under way
   */
  void confirmed(long commit, long place) {
    if (place < position) {
      throw gap("goes back from position " + position + " to " + place);
    }
    position = place;
    confirmedNumber = commit;
  }

  /** The number of the last block that is known to be committed. */
  long confirmedNumber() {
    return confirmedNumber;
  }

  /** Whether the last block appended is committed. */
  boolean isConfirmed() {
    return confirmedNumber == number;
  }

  /** Whether another owner has taken possession since this one's last confirmed block. */
  boolean hasSuccessor(JournalReader reader) {
    long end = reader.end(partition);
    BlockDecoder later = new BlockDecoder(journal);
    reader.seek(partition, position);
    while (reader.position() < end) {
      for (JournalRecord record : reader.poll(POLL)) {
        LocatedBlock located = later.add(record);
        if (located != null && located.block().generation() > generation) {
          return true;
        }
      }
    }
    return false;
  }

  /** The block was appended to the log, as part of a commit that will fail or be the next. */
  void appended(Block block) {
    take(block);
  }
}
