package io.tidemark.rpc;

import io.grpc.Channel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.tidemark.api.TidemarkException;
import io.tidemark.coordinator.ContainerStatus;
import io.tidemark.coordinator.Coordination;
import io.tidemark.coordinator.Orders;
import io.tidemark.rpc.control.v1.ControlGrpc;
import io.tidemark.rpc.control.v1.ControlMessages;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A container's way to a coordinator in another process.
 *
 * <p>An exchange is answered at once. Between two of them a further one, which the coordinator
 * keeps back until it has other orders, stays under way; when it comes back with something new, a
 * listener is told, and should exchange. Nothing depends on it: without it orders come with the
 * next heartbeat. Any thread may call it.
 */
public final class RemoteCoordination implements Coordination {
  private final CoordinatorConnection connection;
  private final Duration limit;
  private final Duration wait;
  private final Runnable changed;
  private final AtomicBoolean isWatching = new AtomicBoolean();
  private volatile long fingerprint;

  private RemoteCoordination(
      CoordinatorAddress address, Duration limit, Duration wait, Runnable changed) {
    this.connection = new CoordinatorConnection(address);
    this.limit = limit;
    this.wait = wait;
    this.changed = changed;
  }

  /**
   * A way to a coordinator. It connects when it is first used.
   *
   * @param limit how long an exchange may take; well below the lease
   */
  public static RemoteCoordination to(CoordinatorAddress address, Duration limit) {
    return new RemoteCoordination(address, limit, Duration.ZERO, () -> {});
  }

  /**
   * A way to a coordinator with a listener.
   *
   * @param limit how long an exchange may take; well below the lease
   * @param wait how long a container may be kept waiting for other orders: the interval of
   *     heartbeats. A container that has died counts as alive for so long after its connection
   *     broke
   * @param changed called by another thread when there are other orders; must not block
   */
  public static RemoteCoordination to(
      CoordinatorAddress address, Duration limit, Duration wait, Runnable changed) {
    return new RemoteCoordination(address, limit, wait, changed);
  }

  @Override
  public Orders exchange(ContainerStatus status) {
    ControlMessages.ContainerStatus request =
        StatusMessages.message(status).toBuilder().setVersion(ControlProtocol.VERSION).build();
    try {
      ControlMessages.Orders answer =
          connection.call(
              channel ->
                  ControlGrpc.newBlockingStub(channel)
                      .withDeadlineAfter(limit.toNanos(), TimeUnit.NANOSECONDS)
                      .exchange(request));
      fingerprint = answer.getFingerprint();
      if (!wait.isZero() && request.getSnapshotsCount() == 0) {
        watch(request);
      }
      return OrdersMessages.record(answer);
    } catch (StatusRuntimeException e) {
      throw CoordinatorFailures.ofExchange(e);
    } catch (TidemarkException e) {
      throw CoordinatorFailures.ofFinding(e);
    }
  }

  /** Keeps one call under way that is answered when there are other orders. */
  private void watch(ControlMessages.ContainerStatus status) {
    if (!isWatching.compareAndSet(false, true)) {
      return;
    }
    ControlMessages.ContainerStatus request =
        status.toBuilder().setWaitMs((int) wait.toMillis()).setKnownOrders(fingerprint).build();
    try {
      connection.call(
          channel -> {
            watch(channel, request);
            return true;
          });
    } catch (RuntimeException e) {
      isWatching.set(false); // the next exchange says what is wrong
    }
  }

  private void watch(Channel channel, ControlMessages.ContainerStatus request) {
    ControlGrpc.newStub(channel)
        .withDeadlineAfter(wait.plus(limit).toNanos(), TimeUnit.NANOSECONDS)
        .exchange(request, new Watch());
  }

  /** Whether a call is under way that the coordinator keeps back. */
  boolean isWatching() {
    return isWatching.get();
  }

  /** Hears the answer of the call that is kept back. */
  private final class Watch implements StreamObserver<ControlMessages.Orders> {
    private ControlMessages.@Nullable Orders answer;

    @Override
    public void onNext(ControlMessages.Orders orders) {
      answer = orders;
    }

    @Override
    public void onError(Throwable e) {
      isWatching.set(false); // the next exchange says what is wrong
    }

    @Override
    public void onCompleted() {
      isWatching.set(false);
      if (answer != null && answer.getFingerprint() != fingerprint) {
        changed.run();
      }
    }
  }

  @Override
  public void close() {
    connection.close();
  }
}
