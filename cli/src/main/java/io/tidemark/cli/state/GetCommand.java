package io.tidemark.cli.state;

import io.tidemark.cli.state.StateSource.TaskEntry;
import io.tidemark.state.KeyRange;
import io.tidemark.state.StoreSpec;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidemark state get}. */
@Command(
    name = "get",
    description = {
      "Shows the value of a key.",
      "The exit code is 0 if there is one, and 3 if there is none."
    })
final class GetCommand implements Callable<Integer> {
  /** The key has no value. */
  static final int ABSENT = 3;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private SourceOptions options;

  @Option(names = "--store", paramLabel = "STORE", required = true, description = "The store.")
  @SuppressWarnings("NullAway.Init")
  private String storeName;

  @Option(names = "--key", paramLabel = "KEY", required = true, description = "The key.")
  @SuppressWarnings("NullAway.Init")
  private String keyText;

  @Override
  public Integer call() {
    try (OpenJob job = new OpenJob(options, spec.commandLine())) {
      StoreSpec store = job.state().store(storeName);
      StoreText text = new StoreText(store);
      StateSource.Key key = text.key(keyText);
      List<TaskEntry> found;
      try (StateSource source = job.source(store, KeyRange.of(key.bytes()))) {
        found = source.get(key);
        job.tell(source.origins());
      }
      if (found.isEmpty()) {
        job.notes().say("The store " + storeName + " has no key " + text.keys().json(key.bytes()));
        return ABSENT;
      }
      try (RowWriter rows = options.rows(spec.commandLine(), StoreText.COLUMNS)) {
        found.forEach(entry -> rows.write(text.row(entry)));
      }
      return ExitCode.OK;
    }
  }
}
