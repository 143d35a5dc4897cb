package io.tidemark.rpc;

import io.grpc.BindableService;
import io.tidemark.config.RpcSettings;
import io.tidemark.coordinator.Coordination;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts a coordinator behind a port and announces it in the state directory, so that on this machine
 * containers and commands find it. Any thread may call it.
 */
public final class CoordinatorServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(CoordinatorServer.class);

  private final Announcements announcements;
  private final ControlService control;
  private final RpcServer server;

  private CoordinatorServer(Announcements announcements, ControlService control, RpcServer server) {
    this.announcements = announcements;
    this.control = control;
    this.server = server;
  }

  static CoordinatorServer start(
      Path stateDirectory,
      String job,
      InetSocketAddress address,
      RpcSettings settings,
      Coordination coordination) {
    Announcements announcements =
        new Announcements(stateDirectory.resolve(job), Answerer.COORDINATOR);
    ControlService control = new ControlService(job, coordination);
    List<BindableService> services = List.of(control);
    try {
      RpcServer server =
          RpcServer.start(
              RpcPort.ofCoordinator(address, settings), announcements.makeToken(), services);
      announcements.announce(0, server.address());
      LOG.info("The coordinator of {} answers at {}", job, server.address());
      return new CoordinatorServer(announcements, control, server);
    } catch (RuntimeException e) {
      control.close();
      throw e;
    }
  }

  /** Where it answers, {@code HOST:PORT}. */
  public String address() {
    return server.address();
  }

  /** Answers no more; the coordinator itself stays as it is. */
  @Override
  public void close() {
    announcements.withdraw(0);
    control.close();
    server.close();
  }
}
