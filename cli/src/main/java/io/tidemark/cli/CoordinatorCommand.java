package io.tidemark.cli;

import io.tidemark.api.Config;
import io.tidemark.api.TidemarkException;
import io.tidemark.cli.options.JobOptions;
import io.tidemark.cli.options.Terminal;
import io.tidemark.config.JobSettings;
import io.tidemark.container.Job;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidemark coordinator}: a job's coordinator alone, in this process. */
@Command(
    name = "coordinator",
    description = {
      "Leads a job whose containers are started with `tidemark container`.",
      "It ends when the job has, or when it is told to (Ctrl-C, SIGTERM): the job goes on without it"
          + " until the containers' leases end, or for good if it is started again before."
    })
final class CoordinatorCommand implements Callable<Integer> {
  private static final long LOOK_MS = 200;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private JobOptions job;

  @Option(
      names = "--containers",
      paramLabel = "N",
      description =
          "How many containers to wait for, for a short while, before tasks are given out. Default:"
              + " job.container.count.")
  private @Nullable Integer containers;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private FromOptions from;

  @Override
  public Integer call() throws InterruptedException {
    Config config = job.load();
    JobSettings settings = Job.of(config).check();
    CoordinatorHost.requireAddress(settings);
    int count = containers != null ? containers : settings.container().count();
    ProgressLine line =
        new ProgressLine(spec.commandLine().getOut(), Terminal.isPresent(), System::nanoTime);
    CoordinatorHost host = from.start(config, settings, Math.max(1, count), line::say);
    try {
      line.say("leading " + settings.job() + " at " + host.address());
      line.say(lead(host) ? "the job has ended" : "stopped leading; containers go on for a while");
    } finally {
      host.abandon();
    }
    return ExitCode.OK;
  }

  /** Waits; returns whether the job has ended. */
  private static boolean lead(CoordinatorHost host) throws InterruptedException {
    CountDownLatch stop = new CountDownLatch(1);
    try (StopSignals signals = StopSignals.call(stop::countDown)) {
      while (!stop.await(LOOK_MS, TimeUnit.MILLISECONDS)) {
        Throwable failure = host.failure();
        if (failure instanceof TidemarkException known) {
          throw known;
        } else if (failure != null) {
          throw new TidemarkException("TM-5003", "the coordinator failed: " + failure, failure);
        }
        if (host.coordinator().isStopped()) {
          return true;
        }
      }
      return false;
    }
  }
}
