package io.tidemark.cli.state;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.Location;
import io.tidemark.cli.options.JobOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that say which state is looked at, and how it is shown. */
final class SourceOptions {
  private static final Set<String> SOURCES = Set.of("auto", "running", "local", "journal");
  private static final Set<String> LOCAL_SOURCES = Set.of("auto", "local");

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
        "journal: the journal, with a checkpoint for what it does not have any more;",
        "checkpoint, checkpoint:N or savepoint:NAME: the state at the cut of the newest, or of that"
            + " one;",
        "auto (the default): a running container if one answers, else local directories that are"
            + " free, else the journal."
      })
  @SuppressWarnings("NullAway.Init")
  private String from;

  @Option(
      names = "--timeline",
      paramLabel = "N",
      description =
          "Look at an earlier timeline of the job, before it was begun anew. Default: the present"
              + " one.")
  private int timeline;

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
    if (localOnly) {
      return From.LOCAL;
    }
    return location() == null ? From.valueOf(from.toUpperCase(Locale.ROOT)) : From.CHECKPOINT;
  }

  /** The checkpoint or savepoint to look at; null if another source is. */
  @Nullable Location location() {
    if (from.equals("checkpoint") || from.equals("latest")) {
      return Location.LATEST;
    }
    return from.contains(":") ? Location.parse(from) : null;
  }

  /** The number of the timeline to look at; 0 for the present one. */
  int timeline() {
    return timeline;
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
    if (location() == null && !SOURCES.contains(from.toLowerCase(Locale.ROOT))) {
      throw new ParameterException(
          command,
          "--from "
              + from
              + ": give auto, running, local, journal, checkpoint, checkpoint:N or"
              + " savepoint:NAME");
    }
    if (localOnly && !LOCAL_SOURCES.contains(from.toLowerCase(Locale.ROOT))) {
      throw new ParameterException(
          command, "--local-only goes with --from local, not with " + from);
    }
    if (timeline != 0 && (from() == From.RUNNING || from() == From.CHECKPOINT)) {
      throw new ParameterException(
          command, "--timeline goes with --from local or journal, not with " + from);
    }
    if (timeline < 0) {
      throw new ParameterException(command, "--timeline " + timeline + ": give 1 or more");
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
