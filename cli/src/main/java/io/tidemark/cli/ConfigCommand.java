package io.tidemark.cli;

import io.tidemark.api.Config;
import io.tidemark.cli.options.UserClasspath;
import io.tidemark.config.ConfigReference;
import io.tidemark.config.JobSettings;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidemark config}: the reference of configuration, and a check of the user's. */
@Command(
    name = "config",
    description = "Describes all configuration keys, or checks a job's configuration.")
final class ConfigCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @ArgGroup(exclusive = true)
  private @Nullable Form form;

  @Option(
      names = "--classpath",
      paramLabel = "JARS",
      description =
          "With --check: the job's own jars and folders of classes; DIR/* for all of one.")
  private String classpath = "";

  /** What to do instead of printing the reference as text. */
  private static final class Form {
    @Option(names = "--markdown", description = "Print the reference as Markdown.")
    private boolean markdown;

    @Option(
        names = "--check",
        paramLabel = "FILE",
        description = "Check this properties file as `tidemark run` would, without running it.")
    private @Nullable Path check;
  }

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    if (form == null) {
      out.print(ConfigReference.text());
    } else if (form.check != null) {
      out.println(check(form.check));
    } else {
      out.print(ConfigReference.markdown());
    }
    out.flush();
  }

  private String check(Path file) {
    UserClasspath.parse(classpath).useInThisThread();
    JobSettings job = JobSettings.parseWithTaskClass(Config.load(file));
    return String.format(
        "%s is right: the job %s reads %s and has %s",
        file,
        job.job(),
        counted(job.inputs().size(), "stream"),
        counted(job.stores().size(), "store"));
  }

  private static String counted(int count, String what) {
    return count + " " + what + (count == 1 ? "" : "s");
  }
}
