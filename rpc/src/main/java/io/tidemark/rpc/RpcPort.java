package io.tidemark.rpc;

import io.tidemark.config.CoordinatorSettings;
import io.tidemark.config.RpcSettings;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Where and how a process listens.
 *
 * @param answerer whose port it is
 * @param address where, not resolved; its port may be 0 for any
 * @param tls null without TLS
 * @param insecure whether other machines may call without TLS
 * @param maxRequestBytes the largest request
 */
record RpcPort(
    Answerer answerer,
    InetSocketAddress address,
    RpcSettings.@Nullable Tls tls,
    boolean insecure,
    int maxRequestBytes) {
  private static final int MAX_QUERY_BYTES = 4 << 20;

  /** A status has the manifests of all tasks of a container. */
  private static final int MAX_STATUS_BYTES = 128 << 20;

  static RpcPort ofContainer(InetSocketAddress address, RpcSettings settings) {
    return new RpcPort(
        Answerer.CONTAINERS, address, settings.tls(), settings.insecure(), MAX_QUERY_BYTES);
  }

  static RpcPort ofCoordinator(InetSocketAddress address, CoordinatorSettings settings) {
    return new RpcPort(
        Answerer.COORDINATOR, address, settings.tls(), settings.insecure(), MAX_STATUS_BYTES);
  }

  /** A configuration key of it. */
  String key(String last) {
    return answerer.keys() + "." + last;
  }

  /** The address as configured. */
  String shown() {
    return key("address") + "=" + address.getHostString() + ":" + address.getPort();
  }
}
