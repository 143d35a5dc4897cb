package io.tidemark.journal;

import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one partition of a journal at a time: committed records only, in order. Confined to one
 * thread.
 */
public interface JournalReader extends AutoCloseable {

  /**
   * The position after all that is decided in a partition at this moment. Waits for transactions
   * that are open; call it after fencing, and nothing fenced can come behind it.
   */
  long end(int partition);

  /** {@link #end} of several partitions, by as few round trips as of one. */
  default Map<Integer, Long> ends(Collection<Integer> partitions) {
    Map<Integer, Long> ends = new HashMap<>();
    partitions.forEach(partition -> ends.put(partition, end(partition)));
    return ends;
  }

  /** The position of the oldest record there is, or where it would be. */
  long oldest(int partition);

  /**
   * Starts over at a position.
   *
   * @throws io.tidemark.api.StateException (TM-3006) if the log no longer or not yet has it
   */
  void seek(int partition, long position);

  /** The position up to which everything has been returned by {@link #poll}. */
  long position();

  /** The next records, in order; empty if none came within {@code timeout}. */
  List<JournalRecord> poll(Duration timeout);

  @Override
  void close();
}
