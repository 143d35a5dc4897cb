package io.tidemark.rpc;

import io.grpc.ManagedChannel;
import io.tidemark.rpc.state.v1.StateQueriesGrpc;
import io.tidemark.rpc.state.v1.StateQueriesGrpc.StateQueriesBlockingStub;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One connection per address, opened when first used. Any thread may call it. */
final class Connections implements AutoCloseable {
  private final AccessToken token;
  private final @Nullable ClientTls tls;
  private final Map<String, Connection> connections = new ConcurrentHashMap<>();

  private record Connection(ManagedChannel channel, StateQueriesBlockingStub stub) {}

  Connections(AccessToken token, @Nullable ClientTls tls) {
    this.token = token;
    this.tls = tls;
  }

  /** What asks the container at an address. */
  StateQueriesBlockingStub to(String address) {
    return connections.computeIfAbsent(address, this::open).stub;
  }

  private Connection open(String address) {
    ManagedChannel channel = Channels.open(address, token, tls);
    return new Connection(channel, StateQueriesGrpc.newBlockingStub(channel));
  }

  /** Gives up a connection that failed, lest the next call wait for gRPC's own pause. */
  void drop(String address) {
    Connection connection = connections.remove(address);
    if (connection != null) {
      connection.channel.shutdown();
    }
  }

  @Override
  public void close() {
    connections.values().forEach(connection -> connection.channel.shutdownNow());
    connections.clear();
  }
}
