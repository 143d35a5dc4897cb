package io.tidemark.cli.state;

import io.tidemark.api.TaskName;
import io.tidemark.state.EngineReader.Direction;
import io.tidemark.state.KeyRange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where the committed entries of one store are read from. Confined to one thread. */
interface StateSource extends AutoCloseable {

  /**
   * A key to look for.
   *
   * @param bytes as the store's serde writes it
   * @param partitioningKey what decides its slot
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Key(byte[] bytes, byte[] partitioningKey) {}

  /**
   * An entry.
   *
   * @param slot the slot it is in; null if the source does not tell
   * @param key what the key serde wrote
   * @param value what the value serde wrote
   * @param expires when it expires, in milliseconds since 1970; {@link
   *     io.tidemark.state.StoredValue#NEVER} if it stays
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record TaskEntry(TaskName task, @Nullable Integer slot, byte[] key, byte[] value, long expires) {}

  /**
   * What the entries of a task equal.
   *
   * @param commit the commit's number
   * @param from where they were learnt from, such as "the journal", for people
   */
  record Origin(TaskName task, long commit, String from) {}

  /** Entries one after another. */
  interface Cursor extends AutoCloseable {
    /** The next; null after the last. */
    @Nullable TaskEntry next();

    @Override
    void close();
  }

  /**
   * The entries of a key: those of all tasks, if the store's keys do not follow the input's
   * partitioning.
   */
  List<TaskEntry> get(Key key);

  /**
   * The entries of a range in the order of keys, those of all tasks together.
   *
   * @param limit no more than so many will be asked for
   */
  Cursor scan(KeyRange range, Direction direction, long limit);

  /** All entries, one task after another. */
  Cursor all();

  /** What has been read so far, by task. */
  List<Origin> origins();

  @Override
  void close();
}
