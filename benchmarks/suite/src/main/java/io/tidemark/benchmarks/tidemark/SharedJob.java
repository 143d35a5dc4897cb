package io.tidemark.benchmarks.tidemark;

import io.tidemark.benchmarks.contender.Share;
import io.tidemark.config.JobSettings;
import io.tidemark.container.Job;
import io.tidemark.container.JobCoordinator;
import io.tidemark.coordinator.Coordination;
import io.tidemark.rpc.CoordinatorAddress;
import io.tidemark.rpc.CoordinatorServer;
import io.tidemark.rpc.RemoteCoordination;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One container of a job that has several on this machine, as {@code tidemark container} runs it.
 * The first one's process leads the job beside, as {@code tidemark coordinator} does; the others
 * find it through the state directory, which they share.
 */
final class SharedJob implements AutoCloseable {
  private final Job job;
  private final Coordination coordination;
  private final @Nullable CoordinatorServer server;
  private final @Nullable JobCoordinator led;

  private SharedJob(
      Job job,
      Coordination coordination,
      @Nullable CoordinatorServer server,
      @Nullable JobCoordinator led) {
    this.job = job;
    this.coordination = coordination;
    this.server = server;
    this.led = led;
  }

  static SharedJob start(Job.Builder builder, Share share) {
    JobSettings settings = builder.check();
    JobCoordinator led = null;
    CoordinatorServer server = null;
    if (share.container() == 0) {
      led = builder.startCoordinator(share.containers());
      server = CoordinatorServer.start(settings, led.coordinator());
    }
    Duration limit = Duration.ofMillis(settings.coordinator().leaseMs() / 4);
    Coordination coordination = RemoteCoordination.to(CoordinatorAddress.of(settings), limit);
    Job job = builder.join(coordination, share.container()).start();
    return new SharedJob(job, coordination, server, led);
  }

  void awaitEnd() {
    job.awaitEnd();
  }

  @Override
  public void close() {
    job.close();
    coordination.close();
    if (server != null) {
      server.close();
    }
    if (led != null) {
      led.close();
    }
  }
}
