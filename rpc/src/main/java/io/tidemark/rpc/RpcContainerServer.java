package io.tidemark.rpc;

import io.tidemark.config.JobSettings;
import io.tidemark.config.RpcSettings;
import io.tidemark.container.ContainerServer;
import io.tidemark.container.ServedContainer;
import java.net.InetSocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a container's services behind a port and announces it in the state directory. Confined to
 * the thread that runs the container.
 */
public final class RpcContainerServer implements ContainerServer {
  private static final Logger LOG = LoggerFactory.getLogger(RpcContainerServer.class);

  private @Nullable Announcements announcements;
  private @Nullable StateQueryService states;
  private @Nullable RpcServer server;
  private int container;

  /** For {@link java.util.ServiceLoader}. */
  public RpcContainerServer() {}

  @Override
  public void start(ServedContainer served) {
    JobSettings settings = served.settings();
    RpcSettings rpc = settings.container().rpc();
    InetSocketAddress address = rpc.address();
    if (address == null) {
      return;
    }
    Announcements opened = new Announcements(settings.stateDirectory().resolve(settings.job()));
    StateQueryService service = new StateQueryService(served, opened, System::currentTimeMillis);
    states = service;
    RpcServer started =
        RpcServer.start(RpcPort.ofContainer(address, rpc), opened.makeToken(), List.of(service));
    server = started;
    container = served.number();
    opened.announce(container, started.address());
    announcements = opened;
    LOG.info("Container {} answers at {}", container, started.address());
  }

  @Override
  public void close() {
    if (announcements != null) {
      announcements.withdraw(container);
    }
    if (server != null) {
      server.close();
    }
    if (states != null) {
      states.close();
    }
  }
}
