package io.tidemark.cli;

import io.tidemark.api.Config;
import io.tidemark.api.StateException;
import io.tidemark.cli.options.UserClasspath;
import io.tidemark.config.JobSettings;
import io.tidemark.config.Machine;
import java.io.File;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Starts each container as a JVM of its own, with this one's classes and the user's after them. The
 * environment's {@code TIDEMARK_CONTAINER_OPTS} are options for these JVMs.
 *
 * <p>A container's folder of logs, {@code <job.state.dir>/<job>/logs}, has two files of each: the
 * log, and what the user's code and the JVM itself print.
 */
final class JavaLauncher implements ContainerLauncher {
  /** Options for the JVMs of containers; they go last, and so before the defaults. */
  static final String OPTIONS = "TIDEMARK_CONTAINER_OPTS";

  private static final long MOST_HEAP_MIB = 1024;
  private static final long LEAST_HEAP_MIB = 128;
  private static final long MAX_OUTPUT_BYTES = 20L << 20;
  private static final int LAST_LINES = 3;

  private final Plan plan;
  private final CoordinatorHost host;
  private final Path logs;

  /**
   * What to start.
   *
   * @param config the job's configuration
   * @param settings the same, parsed
   * @param containers how many containers there are
   * @param untilEnd whether they end at what the inputs hold
   * @param classpath the user's
   */
  record Plan(
      Config config,
      JobSettings settings,
      int containers,
      boolean untilEnd,
      UserClasspath classpath) {}

  /**
   * @param host leads the job
   */
  JavaLauncher(Plan plan, CoordinatorHost host) {
    this.plan = plan;
    this.host = host;
    this.logs = logs(plan.settings);
  }

  /**
   * Makes the folder of logs, before the job is touched.
   *
   * @throws StateException (TM-3004) if it cannot be made
   */
  static void makeLogs(JobSettings settings) {
    Path logs = logs(settings);
    try {
      Files.createDirectories(logs);
    } catch (IOException e) {
      throw new StateException(
          "TM-3004",
          "the folder of logs "
              + logs
              + " cannot be made: "
              + e
              + ". Correct the owner or mode of what is above it, or set job.state.dir to another place",
          e);
    }
  }

  /** The folder of the logs of a job's containers. */
  static Path logs(JobSettings settings) {
    return settings.stateDirectory().resolve(settings.job()).resolve("logs");
  }

  @Override
  public Process launch(int container) throws IOException {
    keepSmall(output(container));
    Process process =
        new ProcessBuilder(command(container))
            .redirectError(ProcessBuilder.Redirect.appendTo(output(container).toFile()))
            .start();
    try {
      Writer input = new OutputStreamWriter(process.getOutputStream(), StandardCharsets.UTF_8);
      HandedConfig.write(plan.config, input);
    } catch (IOException e) {
      // It died at once; whoever waits for its end will hear why.
      process.destroy();
    }
    return process;
  }

  private List<String> command(int container) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx" + heapMib(Machine.current().memoryBytes(), plan.containers) + "m");
    command.addAll(ClassArchive.options());
    // Without memory nothing is certain; a new process is.
    command.add("-XX:+ExitOnOutOfMemoryError");
    command.add("-XX:ErrorFile=" + logs.resolve("container-" + container + "-crash-%p.log"));
    command.add("-D" + Logging.FILE + "=" + log(container));
    command.addAll(options(System.getenv().getOrDefault(OPTIONS, "")));
    command.add("-cp");
    command.add(classpath());
    command.add(Main.class.getName());
    command.add(SupervisedCommand.NAME);
    command.add("--container=" + container);
    command.add("--number=" + host.numberFor(container));
    command.add("--coordinator=" + host.address());
    if (plan.untilEnd) {
      command.add("--until-end");
    }
    return command;
  }

  /**
   * A container's heap: half of the machine's memory is for all of them, at most 1 GiB for each.
   */
  static long heapMib(long memoryBytes, int containers) {
    long share = (memoryBytes >> 20) / 2 / containers;
    return Math.max(LEAST_HEAP_MIB, Math.min(MOST_HEAP_MIB, share));
  }

  static List<String> options(String text) {
    return Arrays.stream(text.split("\\s+")).filter(option -> !option.isEmpty()).toList();
  }

  private String classpath() {
    return Stream.concat(
            Stream.of(System.getProperty("java.class.path")),
            plan.classpath.entries().stream().map(Path::toString))
        .collect(Collectors.joining(File.pathSeparator));
  }

  private static void keepSmall(Path file) throws IOException {
    if (Files.exists(file) && Files.size(file) > MAX_OUTPUT_BYTES) {
      Files.move(
          file,
          file.resolveSibling(file.getFileName() + ".1"),
          StandardCopyOption.REPLACE_EXISTING);
    }
  }

  @Override
  public Path log(int container) {
    return logs.resolve("container-" + container + ".log");
  }

  private Path output(int container) {
    return logs.resolve("container-" + container + ".out");
  }

  @Override
  public String lastWords(int container) {
    try {
      List<String> lines =
          Files.readString(output(container), Charset.defaultCharset()).strip().lines().toList();
      return String.join(
          " / ", lines.subList(Math.max(0, lines.size() - LAST_LINES), lines.size()));
    } catch (IOException e) {
      return "";
    }
  }
}
