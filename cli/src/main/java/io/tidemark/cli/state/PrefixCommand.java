package io.tidemark.cli.state;

import io.tidemark.state.KeyRange;
import io.tidemark.state.StoreSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidemark state prefix}. */
@Command(
    name = "prefix",
    description = {
      "Shows the entries whose keys begin with something, in the order of their bytes.",
      "That is the beginning of a string, the first elements of a tuple as a JSON array, or bytes"
          + " as {\"$bytes\":\"HEX\"}."
    })
final class PrefixCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private SourceOptions options;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private Scan scan;

  @Option(names = "--store", paramLabel = "STORE", required = true, description = "The store.")
  @SuppressWarnings("NullAway.Init")
  private String storeName;

  @Option(
      names = "--prefix",
      paramLabel = "PREFIX",
      required = true,
      description = "What the keys begin with.")
  @SuppressWarnings("NullAway.Init")
  private String prefix;

  @Override
  public void run() {
    scan.check(spec.commandLine());
    try (OpenJob job = new OpenJob(options, spec.commandLine())) {
      StoreSpec store = job.state().store(storeName);
      KeyRange range = KeyRange.prefix(new StoreText(store).keys().parsePrefix(prefix));
      scan.show(job, store, range, options.rows(spec.commandLine(), StoreText.COLUMNS));
    }
  }
}
