package io.tidemark.cli.checkpoints;

import io.tidemark.checkpoint.Catalog;
import io.tidemark.cli.options.JobOptions;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidemark checkpoints list}. */
@Command(
    name = "list",
    description = "Lists the checkpoints and savepoints of a job, the newest first.")
final class ListCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private JobOptions options;

  @Option(names = "--json", description = "JSON, one object on a line.")
  private boolean json;

  @Override
  public void run() {
    try (OpenCatalog open = new OpenCatalog(options)) {
      show(spec.commandLine().getOut(), open.catalog().list(), json);
    }
  }

  static void show(PrintWriter out, List<Catalog.Entry> entries, boolean json) {
    if (json) {
      entries.forEach(entry -> out.print(Output.json(Description.summary(entry)) + "\n"));
    } else {
      List<List<String>> rows = new ArrayList<>();
      rows.add(Description.COLUMNS);
      entries.forEach(entry -> rows.add(Description.row(entry)));
      Output.print(out, rows);
    }
    out.flush();
  }
}
