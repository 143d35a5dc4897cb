package io.tidemark.rpc;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.tidemark.rpc.state.v1.StateMessages.Entry;
import io.tidemark.rpc.state.v1.StateMessages.RangeResponse;
import io.tidemark.rpc.state.v1.StateMessages.RangeResponse.End;
import io.tidemark.state.CommittedRange;
import java.util.List;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Sends a range in portions, each when the caller has room for it, so that a slow caller holds no
 * more than a portion in memory. It ends after some time whatever the caller does, as an open range
 * keeps files of the engine. Its methods wait for each other.
 */
final class RangeStream {
  private static final int PORTION_ENTRIES = 1_000;
  private static final long PORTION_BYTES = 256 << 10;

  private final String task;
  private final CommittedRange range;
  private final ServerCallStreamObserver<RangeResponse> observer;
  private int left;
  private boolean ended;
  private @Nullable ScheduledFuture<?> timeout;

  RangeStream(
      String task,
      CommittedRange range,
      int limit,
      ServerCallStreamObserver<RangeResponse> observer) {
    this.task = task;
    this.range = range;
    this.left = limit;
    this.observer = observer;
  }

  synchronized void start(ScheduledExecutorService timer, long maxMs) {
    timeout = timer.schedule(() -> timedOut(maxMs), maxMs, TimeUnit.MILLISECONDS);
    observer.setOnCancelHandler(this::end);
    observer.setOnReadyHandler(this::send);
  }

  private synchronized void send() {
    try {
      while (!ended && observer.isReady()) {
        sendPortion();
      }
    } catch (RuntimeException e) {
      fail(StateQueryService.status(e));
    }
  }

  private void sendPortion() {
    List<CommittedRange.Entry> entries = range.next(Math.min(left, PORTION_ENTRIES), PORTION_BYTES);
    left -= entries.size();
    End end = End.END_UNSPECIFIED;
    if (entries.isEmpty()) {
      end = End.END_OF_RANGE;
    } else if (left == 0) {
      end = range.next(1, 1).isEmpty() ? End.END_OF_RANGE : End.END_BY_LIMIT;
    }
    RangeResponse.Builder response =
        RangeResponse.newBuilder().setTask(task).setCommit(range.commit()).setEnd(end);
    for (CommittedRange.Entry entry : entries) {
      response.addEntries(
          Entry.newBuilder()
              .setKey(UnsafeByteOperations.unsafeWrap(entry.key()))
              .setValue(StateQueryService.message(entry.value())));
    }
    observer.onNext(response.build());
    if (end != End.END_UNSPECIFIED) {
      end();
      observer.onCompleted();
    }
  }

  private synchronized void timedOut(long maxMs) {
    if (!ended) {
      fail(
          Status.DEADLINE_EXCEEDED
              .withDescription(
                  "the range was not read within "
                      + maxMs
                      + " ms; ask for what follows the last key")
              .asRuntimeException());
    }
  }

  private void fail(RuntimeException status) {
    if (!ended) {
      end();
      observer.onError(status);
    }
  }

  private synchronized void end() {
    if (!ended) {
      ended = true;
      range.close();
      if (timeout != null) {
        timeout.cancel(false);
      }
    }
  }
}
