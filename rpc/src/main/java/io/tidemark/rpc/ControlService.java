package io.tidemark.rpc;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tidemark.coordinator.ContainerStatus;
import io.tidemark.coordinator.Coordination;
import io.tidemark.rpc.control.v1.ControlGrpc;
import io.tidemark.rpc.control.v1.ControlMessages;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Answers containers on behalf of a coordinator. An answer that would say nothing new is kept back
 * for as long as the container allows, and the coordinator is asked again in short intervals; no
 * thread waits meanwhile. Any thread may call it.
 */
final class ControlService extends ControlGrpc.ControlImplBase implements AutoCloseable {
  private static final long ASK_AGAIN_MS = 25;
  private static final long CLOSING_MS = 1_000;

  /** A container that is gone must not be kept alive by what it said last. */
  private static final long MAX_WAIT_MS = 10_000;

  private final String job;
  private final Coordination coordination;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          work -> {
            Thread thread = new Thread(work, "tidemark-control");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param job the job's name and id
   * @param coordination the coordinator; stays the caller's
   */
  ControlService(String job, Coordination coordination) {
    this.job = job;
    this.coordination = coordination;
  }

  @Override
  public void exchange(
      ControlMessages.ContainerStatus request, StreamObserver<ControlMessages.Orders> observer) {
    ServerCallStreamObserver<ControlMessages.Orders> caller =
        (ServerCallStreamObserver<ControlMessages.Orders>) observer;
    // Without a handler, a caller that is gone would be an exception.
    caller.setOnCancelHandler(() -> {});
    try {
      ControlProtocol.check(request.getVersion(), request.getJob(), job);
      Exchange exchange = new Exchange(caller, status(request), request.getKnownOrders());
      exchange.until(
          System.nanoTime()
              + TimeUnit.MILLISECONDS.toNanos(
                  Math.min(Integer.toUnsignedLong(request.getWaitMs()), MAX_WAIT_MS)));
    } catch (RuntimeException e) {
      observer.onError(ControlProtocol.status(e));
    }
  }

  private static ContainerStatus status(ControlMessages.ContainerStatus request) {
    try {
      return StatusMessages.record(request);
    } catch (IllegalArgumentException e) {
      throw Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException();
    }
  }

  /** A call that has not been answered yet. */
  private final class Exchange {
    private final ServerCallStreamObserver<ControlMessages.Orders> caller;
    private final ContainerStatus status;
    private final long known;

    Exchange(
        ServerCallStreamObserver<ControlMessages.Orders> caller,
        ContainerStatus status,
        long known) {
      this.caller = caller;
      this.status = status;
      this.known = known;
    }

    /** Answers as soon as there is something new, and else at a time. */
    void until(long deadlineNanos) {
      ControlMessages.Orders orders = OrdersMessages.message(coordination.exchange(status));
      if (orders.getFingerprint() != known
          || System.nanoTime() >= deadlineNanos
          || timer.isShutdown()) {
        caller.onNext(orders);
        caller.onCompleted();
      } else {
        timer.schedule(() -> again(deadlineNanos), ASK_AGAIN_MS, TimeUnit.MILLISECONDS);
      }
    }

    private void again(long deadlineNanos) {
      if (caller.isCancelled()) {
        return;
      }
      try {
        until(deadlineNanos);
      } catch (RuntimeException e) {
        caller.onError(ControlProtocol.status(e));
      }
    }
  }

  /** Answers those who wait; from now on nobody is kept waiting. */
  @Override
  public void close() {
    timer.shutdown();
    try {
      timer.awaitTermination(CLOSING_MS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
