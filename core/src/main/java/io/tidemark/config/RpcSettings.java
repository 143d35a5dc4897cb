package io.tidemark.config;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a container answers other processes.
 *
 * @param address where it listens, not resolved; null: nowhere
 * @param tls null without TLS
 * @param insecure whether other machines may call without TLS
 */
public record RpcSettings(
    @Nullable InetSocketAddress address, @Nullable Tls tls, boolean insecure) {

  /**
   * Files in PEM.
   *
   * @param certificate the server's certificate, with those that vouch for it
   * @param key its private key
   * @param ca the certificates that vouch for callers; null if callers need none
   */
  public record Tls(Path certificate, Path key, @Nullable Path ca) {}
}
