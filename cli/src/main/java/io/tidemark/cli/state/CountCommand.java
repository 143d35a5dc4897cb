package io.tidemark.cli.state;

import io.tidemark.state.KeyRange;
import io.tidemark.state.StoreSpec;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidemark state count}. */
@Command(
    name = "count",
    description = {
      "Counts the entries of a store that have not expired, exactly.",
      "It reads all of them; `tidemark state stat` has an estimate at once."
    })
final class CountCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private SourceOptions options;

  @Option(names = "--store", paramLabel = "STORE", required = true, description = "The store.")
  @SuppressWarnings("NullAway.Init")
  private String storeName;

  @Override
  public void run() {
    try (OpenJob job = new OpenJob(options, spec.commandLine())) {
      StoreSpec store = job.state().store(storeName);
      Traversal counting = new Traversal("counted", job.notes());
      try (StateSource source = job.source(store, KeyRange.ALL)) {
        counting.run(source, entry -> {});
        job.tell(source.origins());
      }
      show(counting.entries());
    }
  }

  private void show(long entries) {
    if (options.format() == Format.TABLE) {
      spec.commandLine().getOut().println(entries);
    } else {
      try (RowWriter rows = new JsonLines(spec.commandLine().getOut())) {
        rows.write(Map.of("entries", Long.toString(entries)));
      }
    }
  }
}
