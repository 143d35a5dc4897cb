package io.tidemark.rpc;

import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.tidemark.config.RpcSettings;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a client calls containers that want TLS. Files in PEM.
 *
 * @param ca the certificates that vouch for the containers'
 * @param certificate the client's own; null if the containers want none
 * @param key its private key; null if there is no certificate
 */
public record ClientTls(Path ca, @Nullable Path certificate, @Nullable Path key) {

  /** For those who answer with these files, with their own certificate shown to them. */
  static @Nullable ClientTls of(RpcSettings.@Nullable Tls tls) {
    if (tls == null) {
      return null;
    }
    Path ca = tls.ca();
    return ca == null
        ? new ClientTls(tls.certificate(), null, null)
        : new ClientTls(ca, tls.certificate(), tls.key());
  }

  /** What makes a channel to an address. */
  NettyChannelBuilder channel(String target) {
    try {
      TlsChannelCredentials.Builder credentials =
          TlsChannelCredentials.newBuilder().trustManager(ca.toFile());
      if (certificate != null && key != null) {
        credentials.keyManager(certificate.toFile(), key.toFile());
      }
      return NettyChannelBuilder.forTarget(target, credentials.build());
    } catch (IOException | IllegalArgumentException e) {
      throw TlsFiles.unusable("the client's TLS", e);
    }
  }
}
