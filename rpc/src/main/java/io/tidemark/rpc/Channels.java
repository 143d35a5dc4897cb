package io.tidemark.rpc;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Makes channels to other processes. Stateless. */
final class Channels {
  private static final int MAX_ANSWER_BYTES = 128 << 20;
  private static final long KEEP_ALIVE_SECONDS = 20;

  private Channels() {}

  /** A channel to an address that shows the token with each call. It connects when first used. */
  static ManagedChannel open(String address, AccessToken token, @Nullable ClientTls tls) {
    String target = "dns:///" + address;
    NettyChannelBuilder builder =
        tls == null
            ? NettyChannelBuilder.forTarget(target, InsecureChannelCredentials.create())
            : tls.channel(target);
    return builder
        .maxInboundMessageSize(MAX_ANSWER_BYTES)
        .intercept(new ShowToken(token.header()))
        .keepAliveTime(KEEP_ALIVE_SECONDS, TimeUnit.SECONDS)
        .disableRetry()
        .build();
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
