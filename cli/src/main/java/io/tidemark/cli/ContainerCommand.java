package io.tidemark.cli;

import io.tidemark.cli.options.JobOptions;
import io.tidemark.cli.options.Terminal;
import io.tidemark.config.JobSettings;
import io.tidemark.container.Job;
import io.tidemark.coordinator.Coordination;
import io.tidemark.rpc.CoordinatorAddress;
import io.tidemark.rpc.RemoteCoordination;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidemark container}: a container of a job that is led elsewhere, in this process. */
@Command(
    name = "container",
    description = {
      "Joins a job as a further container, and runs what its coordinator gives it.",
      "It ends with the job, or when it is told to (Ctrl-C, SIGTERM): then its tasks go to the other"
          + " containers. While the coordinator cannot be reached it goes on until its lease ends,"
          + " and tries again."
    })
final class ContainerCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private JobOptions job;

  @Option(
      names = "--coordinator",
      paramLabel = "HOST:PORT",
      description =
          "Where the coordinator answers. Default: job.coordinator.address if it has a port, else"
              + " wherever it says on this machine.")
  private @Nullable String coordinator;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "A copy of the coordinator's token. Default: job.coordinator.token.file, or the one in the"
              + " job's state directory.")
  private @Nullable Path tokenFile;

  @Option(
      names = "--number",
      paramLabel = "N",
      defaultValue = "-1",
      description = "The number to ask for. Default: the lowest that is free.")
  private int number;

  @Override
  public Integer call() {
    Job.Builder builder = Job.of(job.load());
    JobSettings settings = builder.check();
    CoordinatorAddress address = CoordinatorAddress.of(settings);
    address = coordinator == null ? address : address.at(coordinator);
    address = tokenFile == null ? address : address.tokenFile(tokenFile);
    ProgressLine line =
        new ProgressLine(spec.commandLine().getOut(), Terminal.isPresent(), System::nanoTime);
    line.say("joining " + settings.job());
    try (Coordination coordination = coordination(address, settings);
        Job running = builder.join(coordination, number).start()) {
      Following.follow(
          Following.of(running),
          line,
          () -> {
            HaltTimer.start(
                () -> SupervisedCommand.stopLimit(running.hasRun(), settings), ExitCode.OK);
            running.requestStop();
          });
    }
    return ExitCode.OK;
  }

  /** A container's way to its coordinator. */
  static Coordination coordination(CoordinatorAddress address, JobSettings settings) {
    return RemoteCoordination.to(address, Duration.ofMillis(settings.coordinator().leaseMs() / 4));
  }
}
