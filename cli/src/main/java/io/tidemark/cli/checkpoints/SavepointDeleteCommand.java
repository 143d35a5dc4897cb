package io.tidemark.cli.checkpoints;

import io.tidemark.checkpoint.Location;
import io.tidemark.cli.options.JobOptions;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tidemark savepoint delete}. */
@Command(
    name = "delete",
    description = {
      "Deletes savepoints.",
      "Files that no other checkpoint names are removed later by the running job; it does not mind"
          + " that they are gone from its records."
    })
final class SavepointDeleteCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private JobOptions options;

  @Parameters(paramLabel = "NAME", arity = "1..*", description = "Which.")
  @SuppressWarnings("NullAway.Init")
  private List<String> names;

  @Option(
      names = "--force",
      description = "Also if it is the newest, from which a recovery starts.")
  private boolean force;

  @Option(names = "--json", description = "JSON, one object on a line.")
  private boolean json;

  @Override
  public void run() {
    List<Location> locations = names.stream().map(Location::savepoint).toList();
    try (OpenCatalog open = new OpenCatalog(options);
        RunningCoordinator coordinator = RunningCoordinator.of(open.settings())) {
      new Deletion(open.catalog(), coordinator, force, json, spec.commandLine().getOut())
          .run(locations);
    }
  }
}
