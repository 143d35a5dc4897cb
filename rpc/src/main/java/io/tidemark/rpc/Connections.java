package io.tidemark.rpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.tidemark.rpc.state.v1.StateQueriesGrpc;
import io.tidemark.rpc.state.v1.StateQueriesGrpc.StateQueriesBlockingStub;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** One connection per address, opened when first used. Any thread may call it. */
final class Connections implements AutoCloseable {
  private static final int MAX_ANSWER_BYTES = 128 << 20;

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
    String target = "dns:///" + address;
    NettyChannelBuilder builder =
        tls == null
            ? NettyChannelBuilder.forTarget(target, InsecureChannelCredentials.create())
            : tls.channel(target);
    ManagedChannel channel = builder.maxInboundMessageSize(MAX_ANSWER_BYTES).disableRetry().build();
    return new Connection(
        channel,
        StateQueriesGrpc.newBlockingStub(
            ClientInterceptors.intercept(channel, new ShowToken(token.header()))));
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

  /** Puts the token into each call. */
  private record ShowToken(String header) implements ClientInterceptor {
    @Override
    public <Q, A> ClientCall<Q, A> interceptCall(
        MethodDescriptor<Q, A> method, CallOptions options, Channel next) {
      return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
        @Override
        public void start(Listener<A> listener, Metadata headers) {
          headers.put(AccessToken.HEADER, header);
          super.start(listener, headers);
        }
      };
    }
  }
}
