package io.tidemark.rpc;

import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tidemark.api.TidemarkException;
import io.tidemark.rpc.CoordinatorAddress.Place;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A connection to the coordinator, made when it is first used, and again after it has failed, to
 * wherever the coordinator is then. Any thread may call it.
 */
final class CoordinatorConnection implements AutoCloseable {
  private final CoordinatorAddress address;
  private @Nullable Connected connected;
  private boolean closed;

  private record Connected(Place place, ManagedChannel channel) {}

  CoordinatorConnection(CoordinatorAddress address) {
    this.address = address;
  }

  /**
   * Makes a call.
   *
   * @throws StatusRuntimeException if it fails; the next call connects anew if that may help
   */
  <A> A call(Function<Channel, A> call) {
    Connected used = connected();
    try {
      return call.apply(used.channel);
    } catch (StatusRuntimeException e) {
      switch (e.getStatus().getCode()) {
        case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED -> drop(used);
        case UNAUTHENTICATED, FAILED_PRECONDITION, UNIMPLEMENTED -> {
          if (hasMoved(used)) {
            drop(used);
            throw Status.UNAVAILABLE
                .withDescription("the coordinator is not at " + used.place.address() + " any more")
                .withCause(e)
                .asRuntimeException();
          }
        }
        default -> {}
      }
      throw e;
    }
  }

  /** Whether who refused a call is not the coordinator: it answers elsewhere, or nowhere. */
  private boolean hasMoved(Connected used) {
    try {
      return !address.find().equals(used.place);
    } catch (TidemarkException e) {
      return true;
    }
  }

  private synchronized Connected connected() {
    if (closed) {
      throw Status.CANCELLED.withDescription("this client is closed").asRuntimeException();
    }
    if (connected == null) {
      Place place = address.find();
      connected =
          new Connected(place, Channels.open(place.address(), place.token(), address.tls()));
    }
    return connected;
  }

  /** Gives up a connection that failed, lest the next call wait for gRPC's own pause. */
  private synchronized void drop(Connected failed) {
    failed.channel.shutdown();
    if (connected == failed) {
      connected = null;
    }
  }

  @Override
  public synchronized void close() {
    closed = true;
    if (connected != null) {
      connected.channel.shutdownNow();
      connected = null;
    }
  }
}
