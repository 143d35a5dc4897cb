package io.tidemark.cli;

import io.tidemark.api.Config;
import io.tidemark.cli.options.JobOptions;
import io.tidemark.cli.options.Terminal;
import io.tidemark.config.JobSettings;
import io.tidemark.container.Job;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tidemark run}: runs a job, in processes of its own or in this one, and shows how. */
@Command(
    name = "run",
    description = {
      "Runs a job until it is told to stop (Ctrl-C, SIGTERM) or has reached the end it was given.",
      "Containers that die are started again. At the end everything is committed, and the exit"
          + " code is 0; it is 1 if the job failed."
    },
    footer = {
      "",
      "Environment: "
          + JavaLauncher.OPTIONS
          + " are Java options for container processes, such as -Xmx2g (default: half of the"
          + " machine's memory shared by all, at most 1 GiB each)."
    })
final class RunCommand implements Callable<Integer> {
  private static final Duration SHOW_INTERVAL = Duration.ofMillis(500);

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
          "How many processes run it; 0 for all in this one. Default: job.container.count, and 0"
              + " instead of 1.")
  private @Nullable Integer containers;

  @Option(
      names = "--until-end",
      description = "Process what the inputs hold at the start, commit, and end.")
  private boolean untilEnd;

  @Override
  public Integer call() {
    if (containers != null && containers < 0) {
      throw new ParameterException(
          spec.commandLine(), "--containers " + containers + ": give 0 or more");
    }
    Config config = job.load();
    JobSettings settings = Job.of(config).check();
    int count = containers != null ? containers : processes(settings.container().count());

    PrintWriter out = spec.commandLine().getOut();
    ProgressLine line = new ProgressLine(out, Terminal.isPresent(), System::nanoTime);
    if (count == 0) {
      line.say("running " + settings.job() + " in this process");
      runHere(config, settings, line);
    } else {
      runContainers(new JavaLauncher.Plan(config, settings, count, untilEnd, job.jars()), line);
    }
    return ExitCode.OK;
  }

  private static int processes(int configured) {
    return configured == 1 ? 0 : configured;
  }

  private static void runContainers(JavaLauncher.Plan plan, ProgressLine line) {
    try (Supervisor supervisor = Supervisor.start(plan, line::say)) {
      line.say(
          String.format(
              "running %s in %d container process%s; their logs are in %s",
              plan.settings().job(),
              plan.containers(),
              plan.containers() == 1 ? "" : "es",
              JavaLauncher.logs(plan.settings())));
      follow(supervisor, line, supervisor::requestStop);
    }
  }

  private void runHere(Config config, JobSettings settings, ProgressLine line) {
    try (Job running = Job.of(config).untilEnd(untilEnd).start()) {
      follow(
          RunningJob.of(running),
          line,
          () -> {
            // Containers are killed if they take too long; here only this process can be.
            HaltTimer.start(
                () -> ContainerCommand.stopLimit(running.hasRun(), settings), ExitCode.OK);
            running.requestStop();
          });
    }
  }

  /** Shows how the job gets on until it ends, by itself or because of a signal. */
  private static void follow(RunningJob job, ProgressLine line, Runnable stop) {
    AtomicBoolean stopped = new AtomicBoolean();
    Runnable onSignal =
        () -> {
          stopped.set(true);
          line.say("finishing what is under way; once more to end at once");
          stop.run();
        };
    try (StopSignals signals = StopSignals.call(onSignal)) {
      while (!job.awaitEnd(SHOW_INTERVAL)) {
        line.show(job.progress());
      }
      line.finish(stopped.get() ? "stopped" : "ended", job.progress());
    } finally {
      line.clear();
    }
  }
}
