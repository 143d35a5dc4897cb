package io.tidemark.cli.options;

import io.tidemark.api.Config;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options that name a job. */
public final class JobOptions {
  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "The job's properties; `tidemark config` describes them.")
  @SuppressWarnings("NullAway.Init")
  private Path file;

  @Option(
      names = "-D",
      paramLabel = "KEY=VALUE",
      description = "Adds a property, or replaces one of the file's. May be repeated.")
  private Map<String, String> changes = new LinkedHashMap<>();

  @Option(
      names = "--classpath",
      paramLabel = "JARS",
      description = "The job's own jars and folders of classes; DIR/* for all jars of a folder.")
  private String classpath = "";

  /** Where the job's classes are. */
  public UserClasspath jars() {
    return UserClasspath.parse(classpath);
  }

  /** The job's configuration; from here on this thread finds the job's classes. */
  public Config load() {
    jars().useInThisThread();
    return Config.load(file).with(changes);
  }
}
