package io.tidemark.cli;

import io.tidemark.api.Config;
import io.tidemark.api.TaskName;
import io.tidemark.cli.demo.Demo;
import io.tidemark.cli.demo.DemoSettings;
import io.tidemark.cli.demo.JobProcesses;
import io.tidemark.cli.demo.Screen;
import io.tidemark.cli.options.Terminal;
import io.tidemark.cli.options.UserClasspath;
import io.tidemark.config.JobSettings;
import io.tidemark.container.Progress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code tidemark demo}: a job on a real broker that survives the death of one of its processes.
 */
@Command(
    name = "demo",
    description = {
      "Shows a job that counts exactly once, although one of its processes is killed.",
      "",
      "Starts a Kafka broker, writes a website's access log into it, runs the job website-traffic in several"
          + " processes, kills one of them half-way, and compares all results with an independent count."
          + " Everything is in a temporary directory and gone at the end. The exit code is 0 only if every"
          + " result is equal."
    })
final class DemoCommand implements Callable<Integer> {
  private static final long LINES = 2_000_000;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = "--lines",
      paramLabel = "N",
      description = {
        "How many lines to generate, or to read at most.",
        "Default: 2000000, or all of --input."
      })
  private @Nullable Long lines;

  @Option(
      names = "--seed",
      defaultValue = "1",
      description = "What the generated log depends on. Default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--input",
      paramLabel = "FILE",
      description = "Count this access log instead: Apache's combined format, plain or gzip.")
  private @Nullable Path input;

  @Option(
      names = "--partitions",
      paramLabel = "N",
      defaultValue = "8",
      description = "The partitions of the log's topic. Default: ${DEFAULT-VALUE}.")
  private int partitions;

  @Option(
      names = "--containers",
      paramLabel = "N",
      defaultValue = "2",
      description = "How many processes run the job. Default: ${DEFAULT-VALUE}.")
  private int containers;

  @Option(names = "--no-kill", description = "Let all processes live.")
  private boolean noKill;

  @Option(
      names = "--keep",
      description =
          "Leave the broker running at the end, until Ctrl-C, and tell how to look around.")
  private boolean keep;

  @Override
  public Integer call() {
    DemoSettings settings =
        new DemoSettings(
            input,
            atLeastOne("--lines", lines != null ? lines : input == null ? LINES : Long.MAX_VALUE),
            seed,
            (int) atLeastOne("--partitions", partitions),
            (int) atLeastOne("--containers", containers),
            !noKill,
            keep);
    Screen screen = new Screen(spec.commandLine().getOut(), Terminal.isPresent());
    return Demo.run(settings, DemoCommand::start, screen) ? 0 : 1;
  }

  private long atLeastOne(String option, long value) {
    if (value < 1) {
      throw new ParameterException(
          spec.commandLine(), "%s is %d and must be at least 1".formatted(option, value));
    }
    return value;
  }

  private static JobProcesses start(Config config, int containers, Consumer<String> news) {
    JobSettings job = JobSettings.parseWithTaskClass(config);
    JavaLauncher.makeLogs(job);
    CoordinatorHost host = CoordinatorHost.start(config, job, null, containers);
    JavaLauncher.Plan plan =
        new JavaLauncher.Plan(config, job, containers, true, UserClasspath.parse(""));
    return new Processes(host, Supervisor.start(plan, host, news));
  }

  private record Processes(CoordinatorHost host, Supervisor supervisor) implements JobProcesses {
    @Override
    public boolean awaitEnd(Duration limit) {
      return supervisor.awaitEnd(limit);
    }

    @Override
    public Progress progress() {
      return supervisor.progress();
    }

    @Override
    public long kill(int container) {
      long pid = supervisor.pid(container).orElse(-1);
      return supervisor.kill(container) ? pid : -1;
    }

    @Override
    public List<Integer> tasksOf(int container) {
      OptionalLong pid = supervisor.pid(container);
      return pid.isEmpty()
          ? List.of()
          : host.tasksOf(pid.getAsLong()).stream().map(TaskName::partition).toList();
    }

    @Override
    public void close() {
      supervisor.requestStopAtOnce();
      IntStream.range(0, supervisor.size()).forEach(supervisor::kill);
      supervisor.close();
      host.abandon();
    }
  }
}
