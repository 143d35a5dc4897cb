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
  private final Map<String, ManagedChannel> channels = new ConcurrentHashMap<>();

  Connections(AccessToken token, @Nullable ClientTls tls) {
    this.token = token;
    this.tls = tls;
  }

  /** What asks the container at an address. */
  StateQueriesBlockingStub to(String address) {
    Channel channel = channels.computeIfAbsent(address, this::open);
    return StateQueriesGrpc.newBlockingStub(
        ClientInterceptors.intercept(channel, new ShowToken(token.header())));
  }

  private ManagedChannel open(String address) {
    String target = "dns:///" + address;
    NettyChannelBuilder builder =
        tls == null
            ? NettyChannelBuilder.forTarget(target, InsecureChannelCredentials.create())
            : tls.channel(target);
    return builder.maxInboundMessageSize(MAX_ANSWER_BYTES).disableRetry().build();
  }

  /** Gives up a connection that failed, lest the next call wait for gRPC's own pause. */
  void drop(String address) {
    ManagedChannel channel = channels.remove(address);
    if (channel != null) {
      channel.shutdown();
    }
  }

  @Override
  public void close() {
    channels.values().forEach(ManagedChannel::shutdownNow);
    channels.clear();
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
