package io.tidemark.runtime;

import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.PrefetchingTask;
import io.tidemark.state.Prefetch;
import io.tidemark.state.TaskState;
import io.tidemark.system.RecordBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Has the keys of records loaded before the records are processed: of some records at a time, while
 * those before are being processed. Confined to the worker.
 */
final class Lookahead {
  private static final int RECORDS = 256;

  private final PrefetchingTask task;
  private final TaskState state;
  private final Rejections rejections;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private int next;
  private @Nullable Ready current;
  private @Nullable Ready following;

  private record Waiting(Input input, RecordBatch batch) {}

  /** Records whose keys are loaded or being loaded; null for one that cannot be deserialized. */
  private record Ready(ArrayDeque<Maybe> envelopes, Prefetch prefetch) {}

  private record Maybe(@Nullable IncomingMessageEnvelope envelope) {}

  Lookahead(PrefetchingTask task, TaskState state, Rejections rejections) {
    this.task = task;
    this.state = state;
    this.rejections = rejections;
  }

  /** These records will be taken after all before. */
  void enqueue(Input input, RecordBatch batch) {
    waiting.add(new Waiting(input, batch));
  }

  /** The next record; null if it cannot be deserialized. */
  @Nullable IncomingMessageEnvelope take() {
    Ready ready = current;
    if (ready == null || ready.envelopes.isEmpty()) {
      ready = following != null ? following : prepare();
      ready.prefetch.finish();
      current = ready;
      following = waiting.isEmpty() ? null : prepare();
    }
    return ready.envelopes.remove().envelope;
  }

  private Ready prepare() {
    Waiting from = waiting.element();
    ArrayDeque<Maybe> envelopes = new ArrayDeque<>();
    List<IncomingMessageEnvelope> readable = new ArrayList<>();
    int first = next;
    int end = Math.min(from.batch.size(), next + RECORDS);
    for (; next < end; next++) {
      IncomingMessageEnvelope envelope = envelope(from, next);
      envelopes.add(new Maybe(envelope));
      if (envelope != null) {
        readable.add(envelope);
      }
    }
    if (next == from.batch.size()) {
      waiting.remove();
      next = 0;
    }
    Prefetch prefetch = state.prefetch();
    try {
      task.prefetch(readable, prefetch);
    } catch (Exception e) {
      throw rejections.prefetchFailure(from.batch, first, e);
    }
    prefetch.start();
    return new Ready(envelopes, prefetch);
  }

  /** What is wrong with a record is said when its turn comes. */
  private static @Nullable IncomingMessageEnvelope envelope(Waiting from, int index) {
    try {
      return from.input.envelope(from.batch, index);
    } catch (RuntimeException e) {
      return null;
    }
  }
}
