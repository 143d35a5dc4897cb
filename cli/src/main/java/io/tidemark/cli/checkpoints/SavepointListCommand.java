package io.tidemark.cli.checkpoints;

import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.Location;
import io.tidemark.cli.options.JobOptions;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidemark savepoint list}. */
@Command(name = "list", description = "Lists the savepoints of a job, the newest first.")
final class SavepointListCommand implements Runnable {
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
      List<Catalog.Entry> savepoints =
          open.catalog().list().stream()
              .filter(entry -> entry.location().kind() == Location.Kind.SAVEPOINT)
              .toList();
      ListCommand.show(spec.commandLine().getOut(), savepoints, List.of(), json);
    }
  }
}
