package io.tidemark.runtime;

import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.system.RecordBatch;
import org.jspecify.annotations.Nullable;

/** One input partition of a task, and how far it was processed. Confined to the worker. */
final class Input {
  private final SystemStreamPartition partition;
  private final InputSpec spec;
  private final @Nullable SourceFeed feed;
  private @Nullable Repeats repeats;
  private String position;
  private @Nullable RecordBatch batch;
  private int index;

  /**
   * @param feed where its records go; null if they go to the task's code
   * @param repeats which of them are passed over; null if none are
   */
  Input(
      SystemStreamPartition partition,
      InputSpec spec,
      @Nullable SourceFeed feed,
      @Nullable Repeats repeats,
      String position) {
    this.partition = partition;
    this.spec = spec;
    this.feed = feed;
    this.repeats = repeats;
    this.position = position;
  }

  SystemStreamPartition partition() {
    return partition;
  }

  InputSpec spec() {
    return spec;
  }

  /** What applies its records to a store; null if the task's code gets them. */
  @Nullable SourceFeed feed() {
    return feed;
  }

  /** The record as the task gets it; throws what the serdes throw. */
  IncomingMessageEnvelope envelope(RecordBatch from, int at) {
    return envelope(from, at, key(from, at));
  }

  /** The key of a record; throws what the serde throws. */
  @Nullable Object key(RecordBatch from, int at) {
    return spec.keySerde().fromBytes(from.key(at));
  }

  /** As the other, with a key that was read before. */
  IncomingMessageEnvelope envelope(RecordBatch from, int at, @Nullable Object key) {
    return new RecordEnvelope(
        from, at, key, spec.messageSerde().fromBytes(from.value(at)), spec.intermediate());
  }

  /** Whether the record, one of the task's, was processed before the task was what it is. */
  boolean repeats(RecordBatch from, int at) {
    Repeats left = repeats;
    if (left == null) {
      return false;
    }
    if (left.areBehind(from.offset(at))) {
      repeats = null;
      return false;
    }
    return left.have(from, at);
  }

  /** The record was processed, and all before it. */
  void processed(RecordBatch from, int at) {
    if (batch != from) { // a reference written for each record costs more than a look at it
      batch = from;
    }
    index = at;
  }

  /** The offset up to which records were processed (that one excluded). */
  String position() {
    if (batch != null) {
      position = batch.offsetAfter(index);
      batch = null;
    }
    return position;
  }
}
