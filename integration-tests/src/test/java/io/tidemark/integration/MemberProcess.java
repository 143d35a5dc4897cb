package io.tidemark.integration;

import io.tidemark.api.Config;
import io.tidemark.api.TidemarkException;
import io.tidemark.config.JobSettings;
import io.tidemark.container.Job;
import io.tidemark.container.JobCoordinator;
import io.tidemark.rpc.CoordinatorAddress;
import io.tidemark.rpc.CoordinatorServer;
import io.tidemark.rpc.RemoteCoordination;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * A part of a job in a process of its own: {@code MemberProcess FILE coordinator CONTAINERS} or
 * {@code MemberProcess FILE container NUMBER STATE-DIRECTORY}. It prints {@code ready}, and at the
 * end {@code ended} or {@code failed MESSAGE}; it finishes when its standard input ends.
 */
public final class MemberProcess {
  private static final Duration LIMIT = Duration.ofSeconds(2);

  private MemberProcess() {}

  /** Runs it. */
  public static void main(String[] arguments) {
    Config config = Config.load(Path.of(arguments[0]));
    int number = Integer.parseInt(arguments[2]);
    try {
      if (arguments[1].equals("coordinator")) {
        coordinate(config, number);
      } else {
        run(config, number, arguments[3]);
      }
      System.out.println("ended");
      System.exit(0);
    } catch (TidemarkException e) {
      System.out.println("failed " + e.getMessage());
      System.exit(1);
    }
  }

  private static void coordinate(Config config, int containers) {
    try (JobCoordinator coordinator = Job.of(config).startCoordinator(containers);
        CoordinatorServer server =
            CoordinatorServer.start(JobSettings.parse(config), coordinator.coordinator())) {
      System.out.println("ready " + server.address());
      awaitParent();
    }
  }

  private static void run(Config config, int number, String stateDirectory) {
    CoordinatorAddress address = CoordinatorAddress.of(JobSettings.parse(config));
    try (RemoteCoordination coordination = RemoteCoordination.to(address, LIMIT);
        Job job =
            Job.of(config.with(Map.of("job.state.dir", stateDirectory)))
                .join(coordination, number)
                .restarts(false)
                .start()) {
      Thread parent =
          new Thread(
              () -> {
                awaitParent();
                job.requestStop();
              });
      parent.setDaemon(true);
      parent.start();
      job.awaitRunning();
      System.out.println("ready");
      job.awaitEnd();
    }
  }

  private static void awaitParent() {
    try {
      while (System.in.read() >= 0) {
        // Nobody writes; the end of the stream is the message.
      }
    } catch (IOException e) {
      System.err.println("the parent's pipe broke: " + e);
    }
  }
}
