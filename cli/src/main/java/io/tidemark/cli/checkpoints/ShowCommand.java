package io.tidemark.cli.checkpoints;

import io.tidemark.checkpoint.Catalog;
import io.tidemark.cli.options.JobOptions;
import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tidemark checkpoints show}. */
@Command(
    name = "show",
    description =
        "Shows a checkpoint: times, sizes, and for each task its positions, files and digests.")
final class ShowCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private JobOptions options;

  @Parameters(
      paramLabel = "CHECKPOINT",
      arity = "0..1",
      defaultValue = "latest",
      description = "Which. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init")
  private String checkpoint;

  @Option(names = "--json", description = "JSON, one object on a line.")
  private boolean json;

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    try (OpenCatalog open = new OpenCatalog(options)) {
      Catalog.Entry entry = open.catalog().find(OpenCatalog.location(checkpoint));
      if (json) {
        out.print(Output.json(Description.whole(entry)) + "\n");
      } else {
        Description.lines(entry).forEach(line -> out.print(line + "\n"));
      }
    }
    out.flush();
  }
}
