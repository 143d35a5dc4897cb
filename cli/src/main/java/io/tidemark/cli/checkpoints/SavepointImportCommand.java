package io.tidemark.cli.checkpoints;

import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.SavepointImport;
import io.tidemark.checkpoint.SavepointSource;
import io.tidemark.cli.options.JobOptions;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tidemark savepoint import}. */
@Command(
    name = "import",
    description = {
      "Copies a savepoint or checkpoint from a directory into the job's own blob store.",
      "It may be of another job or cluster. Every byte is verified while it is copied, and what the"
          + " store has already is not copied again."
    })
final class SavepointImportCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private JobOptions options;

  @Parameters(
      paramLabel = "PATH",
      description =
          "Its directory, such as .../savepoints/before-v2; or that of a job's blobs, for the newest"
              + " there.")
  @SuppressWarnings("NullAway.Init")
  private Path path;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "What to call the copy. Default: its own name.")
  private @Nullable String name;

  @Option(names = "--json", description = "JSON, one object on a line.")
  private boolean json;

  @Override
  public void run() {
    try (OpenCatalog open = new OpenCatalog(options)) {
      SavepointSource source = SavepointSource.at(path);
      try (BlobStore blobs = source.open(open.settings())) {
        show(new SavepointImport(blobs, open.blobs()).run(source.location(), name));
      }
    }
  }

  private void show(SavepointImport.Outcome outcome) {
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        json
            ? Output.json(
                Output.object(
                    "location", outcome.location().toString(),
                    "copied", outcome.copied(),
                    "bytes", outcome.bytes(),
                    "shared", outcome.shared()))
            : String.format(
                "%s: %d files copied, %s; %d were there already",
                outcome.location(),
                outcome.copied(),
                Output.bytes(outcome.bytes()),
                outcome.shared()));
    out.flush();
  }
}
