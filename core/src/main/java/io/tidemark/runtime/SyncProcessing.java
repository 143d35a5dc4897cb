package io.tidemark.runtime;

import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.PrefetchingTask;
import io.tidemark.api.StreamTask;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.WindowableTask;
import io.tidemark.state.TaskState;
import io.tidemark.system.RecordBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One record after another. A record whose input's policy is to go on after errors is processed so
 * that all it did can be undone. Confined to the worker.
 */
final class SyncProcessing implements Processing {
  private final StreamTask task;
  private final @Nullable WindowableTask windowable;
  private final @Nullable Lookahead lookahead;
  private final KeysAhead keysAhead;
  private final TaskState state;
  private final Outputs outputs;
  private final TaskCoordinator coordinator;
  private final BooleanSupplier asking;
  private final Rejections rejections;
  private final Gate gate;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final List<Outputs.Prepared> withheld = new ArrayList<>();
  private final MessageCollector direct;
  private final MessageCollector withholding;
  private int next;
  private boolean progressed;

  private record Waiting(Input input, RecordBatch batch) {}

  /**
   * @param asking whether the worker should look up before the next record
   */
  SyncProcessing(
      StreamTask task,
      TaskState state,
      Outputs outputs,
      TaskCoordinator coordinator,
      BooleanSupplier asking,
      Rejections rejections,
      Gate gate) {
    this.task = task;
    this.windowable = task instanceof WindowableTask w ? w : null;
    this.lookahead = task instanceof PrefetchingTask p ? new Lookahead(p, state, rejections) : null;
    this.keysAhead = new KeysAhead(state);
    this.state = state;
    this.outputs = outputs;
    this.coordinator = coordinator;
    this.asking = asking;
    this.rejections = rejections;
    this.gate = gate;
    this.direct = outputs::send;
    this.withholding = envelope -> withheld.add(outputs.prepare(envelope));
  }

  @Override
  public void enqueue(Input input, RecordBatch batch) {
    waiting.add(new Waiting(input, batch));
    if (lookahead != null && input.feed() == null && batch.size() > 0) {
      lookahead.enqueue(input, batch);
    }
  }

  @Override
  public int run(int limit) {
    int done = 0;
    boolean goOn = true;
    while (goOn && done < limit && !waiting.isEmpty()) {
      Waiting current = waiting.peek();
      int end = Math.min(current.batch.size(), next + limit - done);
      if (lookahead == null && current.input.feed() == null) {
        keysAhead.read(current.input, current.batch, next, end);
      }
      while (goOn && next < end) {
        goOn = take(current.input, current.batch, next);
        if (goOn) {
          next++;
          done++;
          goOn = !asking.getAsBoolean();
        }
      }
      if (next == current.batch.size()) {
        waiting.remove();
        next = 0;
      }
    }
    return done;
  }

  /** Takes a record, unless the task has to make a cut before. */
  private boolean take(Input input, RecordBatch batch, int index) {
    Gate.Verdict verdict = gate.look(input, batch, index);
    if (verdict == Gate.Verdict.COUNTS) {
      process(input, batch, index);
    } else if (verdict != Gate.Verdict.CUT_FIRST) {
      gate.passedOver(verdict);
      passOver(input, batch, index);
    }
    return verdict != Gate.Verdict.CUT_FIRST;
  }

  private void passOver(Input input, RecordBatch batch, int index) {
    if (lookahead != null && input.feed() == null) {
      lookahead.take();
    }
    input.processed(batch, index);
    progressed = true;
  }

  private void process(Input input, RecordBatch batch, int index) {
    IncomingMessageEnvelope prepared =
        lookahead == null || input.feed() != null ? null : lookahead.take();
    if (input.spec().onError() == InputSpec.OnError.FAIL) {
      try {
        handle(input, batch, index, prepared, direct);
      } catch (Throwable e) {
        throw rejections.failure(batch, index, e);
      }
    } else {
      processUndoably(input, batch, index, prepared);
    }
    state.closeIterators();
    input.processed(batch, index);
    progressed = true;
  }

  private void handle(
      Input input,
      RecordBatch batch,
      int index,
      @Nullable IncomingMessageEnvelope prepared,
      MessageCollector collector)
      throws Exception {
    SourceFeed feed = input.feed();
    if (feed != null) {
      feed.apply(batch, index);
    } else {
      task.process(
          prepared != null ? prepared : keysAhead.envelope(input, batch, index),
          collector,
          coordinator);
    }
  }

  private void processUndoably(
      Input input, RecordBatch batch, int index, @Nullable IncomingMessageEnvelope prepared) {
    state.makeUndoable();
    boolean processed = false;
    try {
      handle(input, batch, index, prepared, withholding);
      processed = true;
    } catch (Throwable e) {
      state.undo();
      withheld.clear();
      rejections.reject(input.spec(), batch, index, e, outputs);
    }
    if (processed) {
      state.keep();
      withheld.forEach(outputs::send);
      withheld.clear();
    }
  }

  @Override
  public boolean isIdle() {
    return waiting.isEmpty();
  }

  @Override
  public boolean isBacklogged() {
    return !waiting.isEmpty();
  }

  @Override
  public boolean isInFlight() {
    return false;
  }

  @Override
  public boolean settle() {
    return true;
  }

  @Override
  public boolean hasUncommitted() {
    return progressed || state.isDirty();
  }

  @Override
  public void committed() {
    progressed = false;
  }

  @Override
  public boolean wantsCommit() {
    return false;
  }

  @Override
  public long awaitedCut() {
    return gate.awaited();
  }

  @Override
  public void window() {
    if (windowable != null) {
      long sent = outputs.records();
      try {
        windowable.window(direct, coordinator);
      } catch (Exception e) {
        throw rejections.windowFailure(e);
      }
      state.closeIterators();
      progressed |= outputs.records() != sent;
    }
  }
}
