package io.tidemark.integration;

import io.tidemark.api.Config;
import io.tidemark.config.JobSettings;
import io.tidemark.container.Job;
import io.tidemark.container.JobCoordinator;
import io.tidemark.rpc.CoordinatorServer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/**
 * The coordinators of jobs whose containers are processes of a test: in the test's own process, one
 * for each job, from its first container's start until its last one's end. Any thread may call it.
 */
final class Coordinators {
  private static final Map<Path, Led> LED = new HashMap<>();

  private Coordinators() {}

  private static final class Led {
    final JobCoordinator coordinator;
    final CoordinatorServer server;
    int containers;

    Led(Path properties, int containers) {
      Job.Builder job = Job.of(Config.load(properties));
      JobSettings settings = job.check();
      coordinator = job.startCoordinator(containers);
      server = CoordinatorServer.start(settings, coordinator.coordinator());
    }
  }

  /** A container is about to be started. */
  static synchronized void begin(Path properties, int containers) {
    Led led = LED.computeIfAbsent(properties, file -> new Led(file, containers));
    led.coordinator.endDeadContainers();
    led.containers++;
  }

  /** The process of a container is gone. */
  static synchronized void ended(Path properties) {
    Led led = LED.get(properties);
    if (led == null) {
      return;
    }
    led.coordinator.endDeadContainers();
    led.containers--;
    if (led.containers == 0) {
      LED.remove(properties);
      led.server.close();
      led.coordinator.close();
    }
  }
}
