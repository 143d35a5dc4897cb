package io.tidemark.cli.state;

import io.tidemark.state.KeyRange;
import io.tidemark.state.StoreSpec;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidemark state range}. */
@Command(
    name = "range",
    description = "Shows the entries from one key to another, in the order of their bytes.")
final class RangeCommand implements Runnable {
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
      names = "--start",
      paramLabel = "KEY",
      description = "The first key. Default: the store's first.")
  private @Nullable String start;

  @Option(
      names = "--end",
      paramLabel = "KEY",
      description = "The first key after the range. Default: none, up to the store's last.")
  private @Nullable String end;

  @Override
  public void run() {
    scan.check(spec.commandLine());
    try (OpenJob job = new OpenJob(options, spec.commandLine())) {
      StoreSpec store = job.state().store(storeName);
      SerdeText keys = new StoreText(store).keys();
      KeyRange range =
          new KeyRange(
              start == null ? new byte[0] : keys.parse(start),
              end == null ? null : keys.parse(end));
      scan.show(job, store, range, options.rows(spec.commandLine(), StoreText.COLUMNS));
    }
  }
}
