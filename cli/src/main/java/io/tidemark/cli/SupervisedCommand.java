package io.tidemark.cli;

import io.tidemark.api.Config;
import io.tidemark.api.FencedException;
import io.tidemark.api.TidemarkException;
import io.tidemark.config.JobSettings;
import io.tidemark.container.Job;
import io.tidemark.container.RestartPolicy;
import io.tidemark.coordinator.Coordination;
import io.tidemark.rpc.CoordinatorAddress;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code tidemark supervised-container}: one container of a job, started by a {@link Supervisor}
 * and of use to nobody else. It talks to the supervisor as {@link Report} says, and ends when its
 * standard input does, so that it never outlives the supervisor.
 *
 * <p>The job runs on threads of its own; this one reports, and a daemon waits for the input's end.
 */
@Command(
    name = SupervisedCommand.NAME,
    hidden = true,
    description = "Runs one container, for a supervisor.")
final class SupervisedCommand implements Callable<Integer> {
  static final String NAME = "supervised-container";

  private static final Logger LOG = LoggerFactory.getLogger(SupervisedCommand.class);
  private static final Duration REPORT_INTERVAL = Duration.ofMillis(500);

  /** Beyond {@code task.shutdown.ms}, for closing what is open. */
  static final Duration CLOSING_TIME = Duration.ofSeconds(5);

  /** For a container that has not processed anything yet, and so has nothing to finish. */
  static final Duration STARTING_STOP_TIME = Duration.ofSeconds(2);

  @Option(
      names = "--container",
      required = true,
      description = "What the supervisor calls it, from 0.")
  private int container;

  @Option(
      names = "--number",
      required = true,
      description = "The number to ask the coordinator for; -1: any.")
  private int number;

  @Option(names = "--coordinator", required = true, description = "Where the coordinator answers.")
  @SuppressWarnings("NullAway.Init")
  private String coordinator;

  @Option(names = "--until-end", description = "End at what the inputs hold now.")
  private boolean untilEnd;

  private final PrintStream reports =
      new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
  private final AtomicBoolean signalled = new AtomicBoolean();

  @Override
  public Integer call() throws IOException {
    // What the user's code prints must not be taken for reports.
    System.setOut(System.err);
    BufferedReader input =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Config config = HandedConfig.read(input);
    LOG.info("Container {} starts", container);
    try {
      run(config, input);
    } catch (TidemarkException e) {
      LOG.error("Container {} failed", container, e);
      report(failure(e));
      return 1;
    }
    if (signalled.get()) {
      return StopSignals.SIGNALLED + 15; // not as the supervisor told it: no end for the job
    }
    LOG.info("Container {} has ended", container);
    report(new Report.Ended());
    return 0;
  }

  private void run(Config config, BufferedReader input) {
    Job.Builder builder = Job.of(config).untilEnd(untilEnd).restarts(false);
    JobSettings settings = builder.check();
    CoordinatorAddress address = CoordinatorAddress.of(settings).at(coordinator);
    try (Coordination coordination = ContainerCommand.coordination(address, settings)) {
      run(builder.join(coordination, number).start(), settings, input);
    }
  }

  private void run(Job job, JobSettings settings, BufferedReader input) {
    AtomicBoolean stopping = new AtomicBoolean();
    Runnable stop =
        () -> {
          if (stopping.compareAndSet(false, true)) {
            HaltTimer.start(() -> stopLimit(job.hasRun(), settings), 1);
            job.requestStop();
          }
        };
    Runnable onSignal =
        () -> {
          signalled.set(true);
          stop.run();
        };
    daemon("supervisor-watch", () -> awaitEndOf(input, stop));
    daemon("ready-watch", () -> reportReady(job));
    try (StopSignals signals = StopSignals.call(onSignal)) {
      while (!job.awaitEnd(REPORT_INTERVAL)) {
        report(new Report.Advanced(job.progress()));
      }
    }
    report(new Report.Advanced(job.progress()));
  }

  /** How long an orderly end may take. */
  static Duration stopLimit(boolean hasRun, JobSettings settings) {
    return hasRun ? CLOSING_TIME.plusMillis(settings.task().shutdownMs()) : STARTING_STOP_TIME;
  }

  private void awaitEndOf(BufferedReader input, Runnable stop) {
    try {
      while (input.read() >= 0) {
        LOG.debug("unexpected input");
      }
    } catch (IOException e) {
      LOG.debug("the input failed, as if it had ended", e);
    }
    LOG.info("Container {} is told to finish", container);
    stop.run();
  }

  private void reportReady(Job job) {
    try {
      job.awaitRunning();
      report(new Report.Ready());
    } catch (TidemarkException e) {
      LOG.debug("never ran", e); // reported where the job's end is awaited
    }
  }

  private static Report failure(TidemarkException e) {
    String message = String.valueOf(e.getMessage());
    // Whoever stood still for longer than its lease is fenced, and may come back.
    boolean restart = RestartPolicy.isWorthwhile(e) || e instanceof FencedException;
    return new Report.Failed(restart, e.code(), message.substring(e.code().length() + 2));
  }

  private void report(Report report) {
    reports.println(report.line());
  }

  private static void daemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }
}
