package io.tidemark.cli.state;

import io.tidemark.api.TaskName;
import io.tidemark.state.StoreSpec;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tidemark state history}. */
@Command(
    name = "history",
    description = {
      "Shows every committed change of a key that the journal still holds: the commit and its"
          + " time, the input positions before and after it, and the value before and after it.",
      "A key that changes several times between two commits is in the journal once."
    })
final class HistoryCommand implements Runnable {
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
  public void run() {
    if (options.from() != From.AUTO && options.from() != From.JOURNAL) {
      throw new ParameterException(
          spec.commandLine(), "only the journal has the history; leave out --from");
    }
    try (OpenJob job = new OpenJob(options, spec.commandLine());
        RowWriter rows = options.rows(spec.commandLine(), KeyHistory.COLUMNS)) {
      StoreSpec store = job.state().store(storeName);
      StoreText text = new StoreText(store);
      StateSource.Key key = text.key(keyText);
      List<TaskName> tasks = job.tasks(store);
      Owners owners =
          Owners.of(store, key, tasks, job.state().tasksOf(storeName, false, null).size());
      KeyHistory history = new KeyHistory(storeName, key.bytes(), text, rows);
      if (show(job, history, owners.first()) == 0) {
        show(job, history, owners.then());
      }
    }
  }

  private static long show(OpenJob job, KeyHistory history, List<TaskName> tasks) {
    long found = 0;
    for (TaskName task : tasks) {
      found += history.read(task, job.state().journals(), job.notes());
    }
    return found;
  }
}
