package io.tidemark.journal;

/**
 * The journals of the tasks of one stage: a log with one partition per task.
 *
 * <p>A log record is opaque here; {@link Block} says what it holds. Any thread may call a journal;
 * its readers and writers belong to one thread each.
 */
public interface Journal extends AutoCloseable {

  /**
   * Creates the log unless it exists.
   *
   * @return how many partitions it has, whether created now or found
   */
  int create(int partitions);

  /** The greatest number of bytes that {@link JournalWriter#append} takes as one record. */
  int maxRecordBytes();

  /**
   * A writer whose name fences every former writer of that name: from here on nothing that one
   * sends becomes visible, and what it had begun and not committed never will.
   *
   * @param writerName one worker's name, stable over restarts
   * @param guarantee whether commits are transactions
   */
  JournalWriter writer(String writerName, Guarantee guarantee);

  /** Fences the writer of that name without taking its place; idempotent. */
  void fence(String writerName);

  /**
   * Forgets what a partition holds before a position, at once or a little later. Does nothing if
   * that is gone already.
   */
  void trim(int partition, long position);

  /** A reader of committed records. */
  JournalReader reader();

  @Override
  void close();
}
