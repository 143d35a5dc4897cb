package io.tidemark.cli.state;

import io.tidemark.api.TaskName;
import io.tidemark.cli.options.JobOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that say which state is looked at, and how it is shown. */
final class SourceOptions {
  @Mixin
  @SuppressWarnings("NullAway.Init")
  private JobOptions job;

  @Option(
      names = "--from",
      paramLabel = "SOURCE",
      defaultValue = "auto",
      description = {
        "running: the containers of the running job;",
        "local: local directories of the stopped job, with what the journal has beyond them;",
        "journal: the journal alone;",
        "auto (the default): a running container if one answers, else local directories that are"
            + " free, else the journal."
      })
  @SuppressWarnings("NullAway.Init")
  private From from;

  @Option(
      names = "--local-only",
      description =
          "Do not read the journal: show what local engines have, which may be a little older than"
              + " what is committed.")
  private boolean localOnly;

  @Option(
      names = "--task",
      paramLabel = "TASK",
      description = "Look at this task only, such as main-0. May be repeated.")
  private List<String> tasks = new ArrayList<>();

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "jsonl, or table, the default on a terminal; for export also csv and parquet.")
  private @Nullable Format format;

  JobOptions job() {
    return job;
  }

  From from() {
    return localOnly ? From.LOCAL : from;
  }

  boolean localOnly() {
    return localOnly;
  }

  /** The tasks asked for; null for all. */
  @Nullable List<TaskName> tasks(CommandLine command) {
    if (tasks.isEmpty()) {
      return null;
    }
    return tasks.stream().map(task -> task(command, task)).toList();
  }

  /** A task's name as it was typed. */
  static TaskName task(CommandLine command, String name) {
    int dash = name.lastIndexOf('-');
    try {
      if (dash > 0) {
        return new TaskName(
            name.substring(0, dash), Integer.parseUnsignedInt(name, dash + 1, name.length(), 10));
      }
    } catch (NumberFormatException e) {
      throw new ParameterException(command, notATask(name), e);
    }
    throw new ParameterException(command, notATask(name));
  }

  private static String notATask(String name) {
    return "--task " + name + ": give the name of a task, such as main-0";
  }

  void check(CommandLine command) {
    if (localOnly && (from == From.RUNNING || from == From.JOURNAL)) {
      throw new ParameterException(
          command,
          "--local-only goes with --from local, not with " + from.name().toLowerCase(Locale.ROOT));
    }
  }

  /** The form of an export: what was asked for, or else what the file's name says. */
  Format exportFormat(@Nullable Path output) {
    if (format != null) {
      return format;
    }
    String name = output == null ? "" : output.toString().toLowerCase(Locale.ROOT);
    if (name.endsWith(".parquet")) {
      return Format.PARQUET;
    }
    return name.endsWith(".csv") ? Format.CSV : Format.JSONL;
  }

  /** The form that rows are shown in. */
  Format format() {
    return Format.orDefault(format);
  }

  /** Where rows of these columns go, on the command's output. */
  RowWriter rows(CommandLine command, List<String> columns) {
    if (format == Format.CSV || format == Format.PARQUET) {
      throw new ParameterException(
          command, "--format " + format + ": only `tidemark state export` has it");
    }
    return format() == Format.TABLE
        ? new Table(command.getOut(), columns)
        : new JsonLines(command.getOut());
  }
}
