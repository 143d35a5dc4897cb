package io.tidemark.container;

import io.tidemark.config.Plugins;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What answers other processes about one container: every {@link ContainerServer} there is. They
 * start on a thread of their own, as that takes about as long as bringing the state of a task; no
 * task is opened before they have.
 */
final class ContainerServers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ContainerServers.class);

  private final List<ContainerServer> servers = new ArrayList<>();
  private final Thread starter;
  private volatile boolean started;
  private volatile @Nullable Throwable failure;

  private ContainerServers(ServedContainer container, String threadName) {
    starter = new Thread(() -> start(container), threadName);
  }

  /** Begins to start them; returns at once. */
  static ContainerServers begin(ServedContainer container, String threadName) {
    ContainerServers begun = new ContainerServers(container, threadName);
    begun.starter.start();
    return begun;
  }

  private void start(ServedContainer container) {
    try {
      for (ContainerServer server : Plugins.installed(ContainerServer.class)) {
        servers.add(server);
        server.start(container);
      }
      started = true;
    } catch (RuntimeException | Error e) {
      failure = e;
    }
  }

  /**
   * Whether all have started. Any thread may call it.
   *
   * @throws io.tidemark.api.TidemarkException if one cannot
   */
  boolean haveStarted() {
    Throwable failed = failure;
    if (failed instanceof RuntimeException known) {
      throw known;
    }
    if (failed instanceof Error known) {
      throw known;
    }
    return started;
  }

  @Override
  public void close() {
    WorkerThreads.joinUninterruptibly(starter);
    for (ContainerServer server : servers) {
      try {
        server.close();
      } catch (RuntimeException e) {
        LOG.warn("Closing a server failed: {}", e.toString());
      }
    }
    servers.clear();
  }
}
