package io.tidemark.rpc;

import io.grpc.BindableService;
import io.grpc.InsecureServerCredentials;
import io.grpc.Server;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.tidemark.api.ConfigException;
import io.tidemark.api.TidemarkException;
import io.tidemark.config.RpcSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The port of a process: gRPC services behind one address, with TLS if configured, for callers that
 * show the token. Services run on a few threads of their own and never on a worker's. Any thread
 * may call it.
 */
public final class RpcServer implements AutoCloseable {
  private static final int MAX_HEADER_BYTES = 16 << 10;
  private static final int MAX_CALLS_PER_CONNECTION = 256;
  private static final int MAX_THREADS = 8;
  private static final long GRACE_MS = 1_000;

  private final Server server;
  private final ExecutorService threads;
  private final String address;

  private RpcServer(Server server, ExecutorService threads, String host) {
    InetSocketAddress bound =
        (InetSocketAddress) Objects.requireNonNull(server.getListenSockets().get(0));
    this.server = server;
    this.threads = threads;
    this.address = host + ":" + bound.getPort();
  }

  /**
   * Starts to listen.
   *
   * @throws ConfigException (TM-7003) if other machines could call without TLS and it is not said
   *     that they may, (TM-7004) if the files for TLS cannot be used
   * @throws TidemarkException (TM-7002) if the address cannot be had
   */
  static RpcServer start(RpcPort port, AccessToken token, List<BindableService> services) {
    InetAddress host = resolve(port);
    checkThatItIsSafe(host, port);
    ExecutorService threads = threads();
    try {
      NettyServerBuilder builder =
          builder(new InetSocketAddress(host, port.address().getPort()), port)
              .executor(threads)
              .intercept(new TokenCheck(token, port.answerer()))
              .maxInboundMessageSize(port.maxRequestBytes())
              .maxInboundMetadataSize(MAX_HEADER_BYTES)
              .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
              .handshakeTimeout(10, TimeUnit.SECONDS)
              .permitKeepAliveTime(10, TimeUnit.SECONDS);
      services.forEach(builder::addService);
      return new RpcServer(builder.build().start(), threads, shownHost(host));
    } catch (IOException e) {
      threads.shutdown();
      throw new TidemarkException(
          "TM-7002",
          String.format(
              "%s: cannot listen there: %s; choose another address, port 0 for any that is free, or"
                  + " off",
              port.shown(), reason(e)),
          e);
    } catch (RuntimeException | Error e) {
      threads.shutdown();
      throw e;
    }
  }

  private static String reason(Throwable e) {
    Throwable cause = e.getCause();
    return cause == null ? e.toString() : cause.toString();
  }

  private static InetAddress resolve(RpcPort port) {
    try {
      return InetAddress.getByName(port.address().getHostString());
    } catch (UnknownHostException e) {
      throw new TidemarkException(
          "TM-7002", port.shown() + ": there is no such host; correct the address", e);
    }
  }

  private static void checkThatItIsSafe(InetAddress host, RpcPort port) {
    if (!host.isLoopbackAddress() && port.tls() == null && !port.insecure()) {
      throw new ConfigException(
          "TM-7003",
          String.format(
              "%s=%s: other machines can call there, and without TLS others can read the token and"
                  + " what is said on the way. Set %s and %s, listen at 127.0.0.1, or set %s=true",
              port.key("address"),
              host.getHostAddress(),
              port.key("tls.certificate"),
              port.key("tls.key"),
              port.key("insecure")));
    }
  }

  private static NettyServerBuilder builder(InetSocketAddress address, RpcPort port) {
    RpcSettings.Tls tls = port.tls();
    if (tls == null) {
      return NettyServerBuilder.forAddress(address, InsecureServerCredentials.create());
    }
    try {
      TlsServerCredentials.Builder credentials =
          TlsServerCredentials.newBuilder()
              .keyManager(tls.certificate().toFile(), tls.key().toFile());
      Path ca = tls.ca();
      if (ca != null) {
        credentials.trustManager(ca.toFile()).clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
      }
      return NettyServerBuilder.forAddress(address, credentials.build());
    } catch (IOException | IllegalArgumentException e) {
      throw TlsFiles.unusable(port.key("tls.*"), e);
    }
  }

  private static ExecutorService threads() {
    int count = Math.min(MAX_THREADS, Math.max(2, Runtime.getRuntime().availableProcessors()));
    AtomicInteger number = new AtomicInteger();
    ThreadPoolExecutor threads =
        new ThreadPoolExecutor(
            count,
            count,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            work -> {
              Thread thread = new Thread(work, "tidemark-rpc-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            });
    threads.allowCoreThreadTimeOut(true);
    return threads;
  }

  /** What others call the host: its name where it listens at all addresses. */
  private static String shownHost(InetAddress host) {
    String shown = host.isAnyLocalAddress() ? ThisProcess.HOST : host.getHostAddress();
    return shown.indexOf(':') >= 0 ? "[" + shown + "]" : shown;
  }

  /** Where it listens, as {@code host:port}. */
  String address() {
    return address;
  }

  /** Takes no more calls, and gives those under way a moment to end. */
  @Override
  public void close() {
    server.shutdown();
    try {
      if (!server.awaitTermination(GRACE_MS, TimeUnit.MILLISECONDS)) {
        server.shutdownNow();
        // Without threads, connections would not be told and stay open.
        server.awaitTermination(GRACE_MS, TimeUnit.MILLISECONDS);
      }
      threads.shutdown();
    } catch (InterruptedException e) {
      server.shutdownNow(); // the threads end when they have had nothing to do for a while
      Thread.currentThread().interrupt();
    }
  }
}
