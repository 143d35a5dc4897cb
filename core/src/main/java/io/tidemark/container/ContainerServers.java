package io.tidemark.container;

import io.tidemark.config.Plugins;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What answers other processes about one container: every {@link ContainerServer} there is. */
final class ContainerServers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ContainerServers.class);

  private final List<ContainerServer> servers = new ArrayList<>();

  private ContainerServers() {}

  /** Starts them; if one fails, none goes on. */
  static ContainerServers start(ServedContainer container) {
    ContainerServers started = new ContainerServers();
    try {
      for (ContainerServer server : Plugins.installed(ContainerServer.class)) {
        started.servers.add(server);
        server.start(container);
      }
      return started;
    } catch (RuntimeException | Error e) {
      started.close();
      throw e;
    }
  }

  @Override
  public void close() {
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
