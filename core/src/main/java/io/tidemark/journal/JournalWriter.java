package io.tidemark.journal;

import io.tidemark.system.SystemProducer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * One worker's way into its tasks' journals and, in the same transaction, into the streams of the
 * journal's system. Only the worker's thread calls it.
 *
 * <p>Commits become visible in the order of the calls of {@link #commit}. With {@link
 * Guarantee#EXACTLY_ONCE} each is atomic; a record sent after {@code commit} belongs to the next
 * commit and reaches its partition after all records sent before.
 */
public interface JournalWriter extends AutoCloseable {

  /**
   * Sends to the streams of the journal's own system, as part of the commit to come. Its {@code
   * flush} waits for acknowledgement, not for visibility; its {@code close} does nothing.
   */
  SystemProducer outputs();

  /**
   * Appends records to a task's journal, as part of the commit to come.
   *
   * @param partition the task's partition
   * @param records the parts of one block, in order, each at most {@link Journal#maxRecordBytes};
   *     they may not be changed afterwards
   */
  void append(int partition, List<byte[]> records);

  /**
   * Commits everything sent and appended since the call before. Returns at once; the writer goes on
   * behind, and may be used for the next commit. At most one commit is under way: a second call
   * waits for the first to end.
   *
   * @return completes when the commit is certain (readers may see it a moment later), on a thread
   *     of the writer's or before the call returns, with the position of the first record appended
   *     for each partition; exceptionally with {@link io.tidemark.api.FencedException} if a
   *     successor has taken over, or with {@link io.tidemark.api.TidemarkException} if the outcome
   *     is unknown. After that the writer is good for nothing but {@link #close}
   */
  CompletableFuture<Map<Integer, Long>> commit();

  /** Gives up what was not committed and frees everything. Waits for a commit that is under way. */
  @Override
  void close();
}
