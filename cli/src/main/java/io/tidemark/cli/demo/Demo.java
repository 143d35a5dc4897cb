package io.tidemark.cli.demo;

import io.tidemark.api.TidemarkException;
import io.tidemark.cli.demo.Verification.Outcome;
import io.tidemark.examples.traffic.TrafficOracle;
import io.tidemark.systems.kafka.broker.BrokerTuning;
import io.tidemark.systems.kafka.broker.LocalKafka;
import io.tidemark.systems.kafka.broker.LocalKafkaException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * The demo from its first line to its verdict. Whatever it begins ends with it, and everything it
 * writes is in one temporary directory, which stays only if something went wrong. Confined to one
 * thread; when the user interrupts, the JVM's shutdown cleans up on another.
 */
public final class Demo {
  /** Not the first, so that it is no matter of luck which tasks go on. */
  private static final int VICTIM = 1;

  private final DemoSettings settings;
  private final JobProcesses.Starter starter;
  private final Screen screen;
  private final CleanUp cleanUp;

  private Demo(
      DemoSettings settings, JobProcesses.Starter starter, Screen screen, CleanUp cleanUp) {
    this.settings = settings;
    this.starter = starter;
    this.screen = screen;
    this.cleanUp = cleanUp;
  }

  /**
   * Runs it.
   *
   * @param starter starts the job's processes
   * @return whether everything that the job yielded is as an independent count says
   * @throws TidemarkException if it did not come to a verdict
   */
  public static boolean run(DemoSettings settings, JobProcesses.Starter starter, Screen screen) {
    try (LogLines lines = LogLines.of(settings);
        CleanUp cleanUp = new CleanUp()) {
      Path directory = cleanUp.directory();
      try {
        boolean exact = new Demo(settings, starter, screen, cleanUp).run(lines, directory);
        if (!exact) {
          leave(directory, cleanUp, screen);
        }
        return exact;
      } catch (RuntimeException e) {
        if (cleanUp.isInterrupted()) {
          awaitExit(); // what failed was being closed
        }
        leave(directory, cleanUp, screen);
        throw e;
      }
    }
  }

  private static void leave(Path directory, CleanUp cleanUp, Screen screen) {
    cleanUp.leaveDirectory();
    screen.say("What the demo wrote, logs included, is left in " + directory);
  }

  private static void awaitExit() {
    while (true) {
      LockSupport.park();
    }
  }

  private boolean run(LogLines lines, Path directory) {
    LocalKafka kafka = startBroker(directory.resolve("kafka"));
    Topics topics = cleanUp.begin(() -> new Topics(kafka.bootstrapServers()));
    TrafficOracle oracle = writeLog(lines, topics);
    TrafficJob job = TrafficJob.in(directory, kafka.bootstrapServers());
    JobRun.Result result = runJob(job, topics, oracle.lines());
    boolean exact = verify(job, topics, oracle, result);
    if (settings.keep()) {
      keep(job, kafka);
    }
    return exact;
  }

  private LocalKafka startBroker(Path directory) {
    screen.begin("broker", "starting Kafka ...");
    LocalKafka.Builder builder =
        LocalKafka.in(directory).tuning(BrokerTuning.THROUGHPUT).library(LookAround.brokerJars());
    LocalKafka kafka = cleanUp.begin(() -> start(builder));
    screen.done("Kafka in a process of its own, on " + kafka.bootstrapServers());
    return kafka;
  }

  private static LocalKafka start(LocalKafka.Builder builder) {
    try {
      return builder.start();
    } catch (LocalKafkaException e) {
      throw new TidemarkException("TM-5011", "the demo's broker: " + e.getMessage(), e);
    }
  }

  private TrafficOracle writeLog(LogLines lines, Topics topics) {
    screen.begin("input", "writing the access log ...");
    topics.create(TrafficJob.INPUT, settings.partitions());
    TrafficOracle oracle =
        new LogFeed(topics.bootstrapServers(), TrafficJob.INPUT, settings.partitions())
            .write(lines, count -> screen.progress(format("%,d lines written", count)));
    screen.done(
        format(
            "%,d lines %s written to %s, %d partitions",
            lines.count(),
            settings.input() == null ? "of seed " + settings.seed() : "of the given log",
            TrafficJob.INPUT,
            settings.partitions()));
    return oracle;
  }

  private JobRun.Result runJob(TrafficJob job, Topics topics, long lines) {
    screen.begin("job", "starting website-traffic ...");
    JobProcesses processes =
        cleanUp.begin(() -> starter.start(job.config(), settings.containers(), screen::note));
    Optional<Integer> victim =
        settings.kill() ? Optional.of(VICTIM % settings.containers()) : Optional.empty();
    JobRun.Result result = new JobRun(topics, screen, lines).await(processes, victim);
    screen.done(
        format(
            "website-traffic in %d processes, exactly once: everything is processed",
            settings.containers()));
    return result;
  }

  private boolean verify(TrafficJob job, Topics topics, TrafficOracle oracle, JobRun.Result run) {
    Verification verification = new Verification(topics, job.settings(), oracle);
    screen.begin("outputs", "reading what the job sent ...");
    screen.done(format("%,d committed messages read", verification.compareOutputs()));

    screen.begin("state", "reading the journals and the local state ...");
    TaskJournals journals =
        TaskJournals.read(topics, job.settings().journal(), settings.partitions());
    verification.compareState(journals, settings.partitions());
    screen.done(format("journals and local state of %d tasks read", settings.partitions()));

    Outcome outcome = verification.conclude();
    screen.say("");
    screen.say(
        "verdict   "
            + outcome.conclusion()
            + (outcome.isExact() ? ", as counted independently" : ""));
    outcome.stateDifferences().forEach(screen::note);
    screen.note(throughput(oracle.lines(), run.took()));
    screen.note(standstill(run, journals));
    screen.note(
        format(
            "commits of tasks: %,d; restarts: %d", journals.commits(), run.progress().restarts()));
    return outcome.isExact();
  }

  private static String throughput(long lines, Duration took) {
    double seconds = took.toMillis() / 1000.0;
    return format(
        "%,.0f records/s: %,d in %.1f s, the start of the processes included",
        lines / seconds, lines, seconds);
  }

  private String standstill(JobRun.Result run, TaskJournals journals) {
    if (run.kill().isEmpty()) {
      return settings.kill()
          ? "the job was through before a container could be killed; give it more lines"
          : "no container was killed";
    }
    JobRun.Kill kill = run.kill().get();
    return journals
        .stoodStill(kill.time(), kill.tasks())
        .map(
            still ->
                format(
                    "%.2f s stood the killed container's tasks still, from the kill to the next commit",
                    still.toMillis() / 1000.0))
        .orElse("the killed container's tasks had nothing left to commit");
  }

  private void keep(TrafficJob job, LocalKafka kafka) {
    screen.say("");
    LookAround.lines(job, kafka).forEach(screen::say);
    awaitExit();
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
