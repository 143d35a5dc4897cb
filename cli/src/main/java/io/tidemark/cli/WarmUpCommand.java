package io.tidemark.cli;

import io.tidemark.api.Config;
import io.tidemark.cli.demo.Demo;
import io.tidemark.cli.demo.DemoSettings;
import io.tidemark.cli.demo.JobProcesses;
import io.tidemark.cli.demo.Screen;
import io.tidemark.config.JobSettings;
import io.tidemark.container.Job;
import io.tidemark.container.Progress;
import io.tidemark.coordinator.Coordination;
import io.tidemark.rpc.CoordinatorAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * {@code tidemark warm-up}: a short demo with coordinator and container in this very process, which
 * so loads what processes of a job load. The script has the JVM write an {@linkplain ClassArchive
 * archive} of it at its end; it is of use to nobody else.
 */
@Command(
    name = "warm-up",
    hidden = true,
    description = "Runs a small job, so that what it loads can be archived.")
final class WarmUpCommand implements Callable<Integer> {
  private static final long LINES = 10_000;
  private static final int PARTITIONS = 2;

  /** Whoever builds waits for it. */
  private static final Duration LIMIT = Duration.ofMinutes(3);

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public Integer call() {
    HaltTimer.start(() -> LIMIT, 1);
    DemoSettings settings = new DemoSettings(null, LINES, 1, PARTITIONS, 1, false, false);
    Screen screen = new Screen(spec.commandLine().getOut(), false);
    return Demo.run(settings, (config, containers, news) -> start(config), screen) ? 0 : 1;
  }

  private static JobProcesses start(Config config) {
    JobSettings settings = JobSettings.parseWithTaskClass(config);
    CoordinatorHost host = CoordinatorHost.start(config, settings, null, 1);
    // The way of a container in a process of its own, though the coordinator is here.
    Coordination coordination =
        ContainerCommand.coordination(CoordinatorAddress.of(settings).at(host.address()), settings);
    return new Here(
        host,
        coordination,
        Job.of(config).untilEnd(true).restarts(false).join(coordination, 0).start());
  }

  private record Here(CoordinatorHost host, Coordination coordination, Job job)
      implements JobProcesses {
    @Override
    public boolean awaitEnd(Duration limit) {
      return job.awaitEnd(limit);
    }

    @Override
    public Progress progress() {
      return job.progress();
    }

    @Override
    public long kill(int container) {
      return -1;
    }

    @Override
    public List<Integer> tasksOf(int container) {
      return List.of();
    }

    @Override
    public void close() {
      job.close();
      coordination.close();
      host.abandon();
    }
  }
}
