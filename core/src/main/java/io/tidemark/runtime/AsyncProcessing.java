package io.tidemark.runtime;

import io.tidemark.api.AsyncStreamTask;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.TaskCallback;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.WindowableTask;
import io.tidemark.state.TaskState;
import io.tidemark.system.RecordBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Several records at once, each done when its callback says so.
 *
 * <p>Records are kept in the order of their input; what they sent is withheld until {@link #settle}
 * finds them at the head of that row, complete. So a commit covers a prefix, and nothing of what is
 * behind it. Changes in stores cannot be told apart by record: while there are any, a commit of
 * this task waits until nothing is in flight, and nothing further is started before it. Confined to
 * the worker, except for callbacks.
 */
final class AsyncProcessing implements Processing {
  private static final int MAX_UNSETTLED = 10_000;

  private final AsyncStreamTask task;
  private final @Nullable WindowableTask windowable;
  private final TaskState state;
  private final Outputs outputs;
  private final TaskCoordinator coordinator;
  private final BooleanSupplier asking;
  private final Rejections rejections;
  private final Gate gate;
  private final int maxConcurrency;
  private final long timeoutMs;
  private final LongSupplier ticker;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private final ArrayDeque<Flight> flights = new ArrayDeque<>();
  private int next;
  private int inFlight;
  private boolean quiescing;
  private boolean windowDue;
  private boolean progressed;

  private record Waiting(Input input, RecordBatch batch) {}

  /** How a record ended. */
  private record Outcome(@Nullable Throwable failure) {}

  /** One record on its way, or the outputs of a window. */
  private static final class Flight implements TaskCallback, MessageCollector {
    final @Nullable Waiting source;
    final int index;
    final long startedMs;
    final AtomicReference<@Nullable Outcome> outcome = new AtomicReference<>();
    final List<OutgoingMessageEnvelope> sent = new ArrayList<>(2);
    boolean landed;

    Flight(@Nullable Waiting source, int index, long startedMs) {
      this.source = source;
      this.index = index;
      this.startedMs = startedMs;
    }

    @Override
    public void send(OutgoingMessageEnvelope envelope) {
      if (outcome.get() != null) {
        throw new IllegalStateException("a record was sent after the callback of its input record");
      }
      sent.add(envelope);
    }

    @Override
    public void complete() {
      end(new Outcome(null));
    }

    @Override
    public void failure(Throwable cause) {
      end(new Outcome(Objects.requireNonNull(cause, "cause")));
    }

    private void end(Outcome end) {
      if (!outcome.compareAndSet(null, end)) {
        throw new IllegalStateException("a callback was called twice");
      }
    }
  }

  /**
   * @param asking whether the worker should look up before the next record
   */
  AsyncProcessing(
      AsyncStreamTask task,
      TaskState state,
      Outputs outputs,
      TaskCoordinator coordinator,
      BooleanSupplier asking,
      Rejections rejections,
      Gate gate,
      WorkerSpec.AsyncLimits limits,
      LongSupplier ticker) {
    this.task = task;
    this.windowable = task instanceof WindowableTask w ? w : null;
    this.state = state;
    this.outputs = outputs;
    this.coordinator = coordinator;
    this.asking = asking;
    this.rejections = rejections;
    this.gate = gate;
    this.maxConcurrency = limits.maxConcurrency();
    this.timeoutMs = limits.timeoutMs();
    this.ticker = ticker;
  }

  @Override
  public void enqueue(Input input, RecordBatch batch) {
    waiting.add(new Waiting(input, batch));
  }

  @Override
  public int run(int limit) {
    land();
    int started = 0;
    while (started < limit && mayStart()) {
      start(Objects.requireNonNull(waiting.peek()));
      started++;
    }
    return started;
  }

  private boolean mayStart() {
    return !waiting.isEmpty()
        && !asking.getAsBoolean()
        && !quiescing
        && !windowDue
        && inFlight < maxConcurrency
        && flights.size() < MAX_UNSETTLED
        && verdictOnNext() != Gate.Verdict.CUT_FIRST;
  }

  private Gate.Verdict verdictOnNext() {
    Waiting source = waiting.element();
    return gate.look(source.input, source.batch, next);
  }

  private void start(Waiting source) {
    Gate.Verdict verdict = verdictOnNext();
    Flight flight = new Flight(source, next, ticker.getAsLong());
    if (++next == source.batch.size()) {
      waiting.remove();
      next = 0;
    }
    flights.add(flight);
    inFlight++;
    if (verdict == Gate.Verdict.COUNTS) {
      process(flight, source);
    } else {
      gate.passedOver(verdict);
      flight.complete();
    }
  }

  private void process(Flight flight, Waiting source) {
    boolean skips = source.input.spec().onError() != InputSpec.OnError.FAIL;
    if (skips) {
      state.makeUndoable();
    }
    try {
      SourceFeed feed = source.input.feed();
      if (feed != null) {
        feed.apply(source.batch, flight.index);
        flight.complete();
      } else {
        IncomingMessageEnvelope envelope = source.input.envelope(source.batch, flight.index);
        task.processAsync(envelope, flight, coordinator, flight);
      }
    } catch (Throwable e) {
      if (skips) {
        state.undo();
      }
      flight.outcome.set(new Outcome(e)); // it counts, whatever the callback was told before
    } finally {
      if (skips) {
        state.keep();
      }
    }
    state.closeIterators();
  }

  /** Notes which records have ended, and whether one takes too long. */
  private void land() {
    long now = ticker.getAsLong();
    for (Flight flight : flights) {
      if (!flight.landed) {
        Outcome outcome = flight.outcome.get();
        if (outcome != null) {
          flight.landed = true;
          inFlight--;
        } else if (timeoutMs > 0 && now - flight.startedMs > timeoutMs && flight.source != null) {
          throw rejections.timeout(flight.source.batch, flight.index, timeoutMs);
        }
      }
    }
    if (inFlight == 0 && windowDue) {
      windowDue = false;
      callWindow();
    }
  }

  @Override
  public boolean isIdle() {
    land();
    return waiting.isEmpty() && inFlight == 0 && !windowDue;
  }

  @Override
  public boolean isBacklogged() {
    return !waiting.isEmpty();
  }

  @Override
  public boolean isInFlight() {
    return inFlight > 0;
  }

  @Override
  public boolean settle() {
    land();
    if (inFlight > 0 && state.isDirty()) {
      quiescing = true;
      return false;
    }
    quiescing = false;
    while (!flights.isEmpty() && flights.peek().landed) {
      settle(flights.remove());
      progressed = true;
    }
    return true;
  }

  private void settle(Flight flight) {
    Throwable failure = Objects.requireNonNull(flight.outcome.get()).failure;
    List<Outputs.Prepared> prepared = new ArrayList<>(flight.sent.size());
    if (failure == null) {
      try {
        flight.sent.forEach(envelope -> prepared.add(outputs.prepare(envelope)));
      } catch (RuntimeException e) {
        failure = e;
      }
    }
    Waiting source = flight.source;
    if (failure == null) {
      prepared.forEach(outputs::send);
    } else if (source == null) {
      throw rejections.windowFailure(failure);
    } else {
      rejections.reject(source.input.spec(), source.batch, flight.index, failure, outputs);
    }
    if (source != null) {
      source.input.processed(source.batch, flight.index);
    }
  }

  @Override
  public boolean hasUncommitted() {
    return progressed || state.isDirty() || (!flights.isEmpty() && flights.peek().landed);
  }

  @Override
  public void committed() {
    progressed = false;
  }

  @Override
  public boolean wantsCommit() {
    return (quiescing && inFlight == 0)
        || (flights.size() >= MAX_UNSETTLED && flights.peek().landed);
  }

  @Override
  public long awaitedCut() {
    return gate.awaited();
  }

  @Override
  public void window() {
    if (windowable != null) {
      windowDue = true;
      land();
    }
  }

  private void callWindow() {
    Flight flight = new Flight(null, 0, ticker.getAsLong());
    try {
      Objects.requireNonNull(windowable).window(flight, coordinator);
    } catch (Exception e) {
      throw rejections.windowFailure(e);
    }
    state.closeIterators();
    flight.complete();
    flight.landed = true;
    flights.add(flight);
  }
}
