package io.tidemark.rpc;

import io.grpc.BindableService;
import io.tidemark.api.TidemarkException;
import io.tidemark.config.CoordinatorSettings;
import io.tidemark.config.JobSettings;
import io.tidemark.coordinator.Coordination;
import io.tidemark.coordinator.Coordinator;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
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

  /**
   * Starts to answer for a coordinator, which stays the caller's.
   *
   * @param settings whose {@code job.coordinator.address} is not off
   * @throws TidemarkException (TM-7002) if the address cannot be had, (TM-7003) if it is not safe,
   *     (TM-7004) if the files for TLS cannot be used, (TM-7005) if it cannot be announced
   */
  public static CoordinatorServer start(JobSettings settings, Coordinator coordinator) {
    return start(
        settings.stateDirectory(),
        settings.job(),
        settings.coordinator(),
        List.of(new AdminService(settings.job(), coordinator)),
        coordinator);
  }

  /** As the other, with services of any kind beside the exchange. */
  static CoordinatorServer start(
      Path stateDirectory,
      String job,
      CoordinatorSettings settings,
      List<BindableService> others,
      Coordination coordination) {
    InetSocketAddress address = settings.address();
    if (address == null) {
      throw new IllegalArgumentException("job.coordinator.address=off");
    }
    Announcements announcements =
        new Announcements(stateDirectory.resolve(job), Answerer.COORDINATOR);
    ControlService control = new ControlService(job, coordination);
    List<BindableService> services = new ArrayList<>(others);
    services.add(control);
    try {
      AccessToken token = announcements.makeToken();
      Path tokenFile = settings.tokenFile();
      RpcServer server =
          RpcServer.start(
              RpcPort.ofCoordinator(address, settings),
              tokenFile == null ? token : CoordinatorAddress.readToken(tokenFile),
              services);
      CoordinatorServer started = new CoordinatorServer(announcements, control, server);
      started.announce(job);
      return started;
    } catch (RuntimeException e) {
      control.close();
      throw e;
    }
  }

  private void announce(String job) {
    try {
      announcements.announce(0, server.address());
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
    LOG.info("The coordinator of {} answers at {}", job, server.address());
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
