package io.tidemark.cli;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.cli.options.JobOptions;
import io.tidemark.cli.options.Terminal;
import io.tidemark.config.JobSettings;
import io.tidemark.config.StreamDefinition;
import io.tidemark.container.Job;
import io.tidemark.container.StartFrom;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
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

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private FromOptions from;

  @Override
  public Integer call() {
    if (containers != null && containers < 0) {
      throw new ParameterException(
          spec.commandLine(), "--containers " + containers + ": give 0 or more");
    }
    Config config = job.load();
    JobSettings settings = Job.of(config).check();
    int count = containers != null ? containers : processes(settings.container().count());
    checkEnd(settings, count);

    PrintWriter out = spec.commandLine().getOut();
    ProgressLine line = new ProgressLine(out, Terminal.isPresent(), System::nanoTime);
    if (count > 0) {
      runContainers(new JavaLauncher.Plan(config, settings, count, untilEnd, job.jars()), line);
    } else if (untilEnd && isJoined(settings)) {
      runRounds(config, settings, line);
    } else {
      runHere(config, settings, line);
    }
    return ExitCode.OK;
  }

  private static int processes(int configured) {
    return configured == 1 ? 0 : configured;
  }

  private void checkEnd(JobSettings settings, int count) {
    if (untilEnd && count > 0 && isJoined(settings)) {
      throw new ConfigException(
          "TM-1063",
          "the job has intermediate streams, and containers cannot tell when all of them are at the"
              + " end; run it to its end in this process, with --containers 0");
    }
  }

  private static boolean isJoined(JobSettings settings) {
    return settings.streams().values().stream().anyMatch(StreamDefinition::intermediate);
  }

  private void runContainers(JavaLauncher.Plan plan, ProgressLine line) {
    CoordinatorHost.requireAddress(plan.settings());
    JavaLauncher.makeLogs(plan.settings());
    try (CoordinatorHost host =
            from.start(plan.config(), plan.settings(), plan.containers(), line::say);
        Supervisor supervisor = Supervisor.start(plan, host, line::say)) {
      line.say(
          String.format(
              "running %s in %d container process%s; their logs are in %s",
              plan.settings().job(),
              plan.containers(),
              plan.containers() == 1 ? "" : "es",
              JavaLauncher.logs(plan.settings())));
      Following.follow(supervisor, line, supervisor::requestStop);
    }
  }

  private void runHere(Config config, JobSettings settings, ProgressLine line) {
    line.say("running " + settings.job() + " in this process");
    try (CoordinatorHost host = from.start(config, settings, 1, line::say);
        Job running =
            Job.of(config).untilEnd(untilEnd).join(host.coordinator(), host.numberFor(0)).start()) {
      OrderlyStop stop = new OrderlyStop(host, () -> end(running, settings));
      Following.follow(Following.of(running, stop::step), line, stop::request);
    }
  }

  /** Each round has a coordinator of its own, until stages have nothing left for each other. */
  private void runRounds(Config config, JobSettings settings, ProgressLine line) {
    line.say("running " + settings.job() + " in this process");
    Job.Builder builder = Job.of(config).untilEnd(true);
    StartFrom wanted = from.wanted(settings, line::say);
    if (wanted != null) {
      builder.from(wanted);
    }
    try (Job running = builder.start()) {
      Following.follow(Following.of(running), line, () -> end(running, settings));
    }
  }

  private static void end(Job running, JobSettings settings) {
    // Containers are killed if they take too long; here only this process can be.
    HaltTimer.start(() -> SupervisedCommand.stopLimit(running.hasRun(), settings), ExitCode.OK);
    running.requestStop();
  }
}
