package io.tidemark.runtime;

import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.state.TaskState;
import io.tidemark.system.RecordBatch;
import org.jspecify.annotations.Nullable;

/**
 * Reads the keys of a few records before the records are processed, if stores are asked for keys of
 * records, and has their entries brought near to the processor. Changes nothing but speed. Confined
 * to the worker.
 */
final class KeysAhead {
  private static final @Nullable Object[] NONE = {};

  /** For how many slices of records keys are read, if entries are loaded for them. */
  private static final int SLICES = 5;

  private final TaskState state;
  private @Nullable RecordBatch batch;
  private long place;
  private int from;
  private @Nullable Object[] keys = NONE;
  private boolean isSample;

  /** Of no meaning, but kept, so that reading to touch is not left out. */
  private int touched;

  KeysAhead(TaskState state) {
    this.state = state;
  }

  /** These records come next, or the first of them; {@link #envelope} is for no others. */
  void read(Input input, RecordBatch next, int first, int end) {
    isSample = true;
    if (!state.isAskedByRecordKeys()) {
      place += keys.length;
      batch = null;
      keys = NONE;
      return;
    }
    int count = Math.min(end - first, TaskState.MOST_EXPECTED);
    int all = state.isLoadingAhead() ? Math.min(next.size() - first, SLICES * count) : count;
    int known = next == batch ? Math.max(0, Math.min(from + keys.length - first, all)) : 0;
    @Nullable Object[] read =
        new Object[all]; // a new one is cheaper for collectors than what is old
    System.arraycopy(keys, known > 0 ? first - from : 0, read, 0, known);
    for (int i = known; i < all; i++) {
      read[i] = key(input, next, first + i);
    }
    for (int i = 0; i < count; i++) {
      byte[] value = next.value(first + i);
      touched += value == null ? 0 : value.length;
    }
    place += next == batch ? first - from : keys.length;
    batch = all > count ? next : null;
    from = first;
    keys = read;
    state.expect(keys, count, place);
  }

  /** What is wrong with a key is said when its turn comes. */
  private static @Nullable Object key(Input input, RecordBatch batch, int index) {
    try {
      return input.key(batch, index);
    } catch (RuntimeException e) {
      return null;
    }
  }

  /** A record as the task gets it; throws what the serdes throw. */
  IncomingMessageEnvelope envelope(Input input, RecordBatch of, int index) {
    int at = index - from;
    boolean isRead = at >= 0 && at < keys.length && keys[at] != null;
    IncomingMessageEnvelope envelope =
        isRead ? input.envelope(of, index, keys[at]) : input.envelope(of, index);
    if (isSample) {
      isSample = false;
      state.sample(envelope.getKey());
    }
    return envelope;
  }
}
