package io.tidemark.cli.state;

import io.tidemark.api.TaskName;
import io.tidemark.cli.state.OfflineSource.OpenTask;
import io.tidemark.container.CommittedTask;
import io.tidemark.container.LocalTask;
import io.tidemark.state.CommittedStore.Entries;
import io.tidemark.state.KeyRange;
import io.tidemark.state.StoreSpec;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tidemark state stat}. */
@Command(
    name = "stat",
    description = {
      "Shows, for each task and store, how far its state is and how large.",
      "It looks at local directories that are free and at the journal. Entries of an engine are an"
          + " estimate; what is read from the journal alone is counted."
    })
final class StatCommand implements Runnable {
  private static final List<String> COLUMNS =
      List.of(
          "task",
          "store",
          "engine commit",
          "journal commit",
          "lag",
          "entries",
          "bytes on disk",
          "slots used",
          "keys",
          "values");

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private SourceOptions options;

  @Option(
      names = "--store",
      paramLabel = "STORE",
      description = "Only this store. Default: all of the job.")
  private @Nullable String storeName;

  @Override
  public void run() {
    if (options.from() == From.RUNNING) {
      throw new ParameterException(
          spec.commandLine(), "stat looks at directories and journals; give --from auto");
    }
    try (OpenJob job = new OpenJob(options, spec.commandLine());
        RowWriter rows = options.rows(spec.commandLine(), COLUMNS)) {
      List<String> stores =
          storeName != null
              ? List.of(storeName)
              : job.state().settings().stores().keySet().stream().sorted().toList();
      for (String name : stores) {
        StoreSpec store = job.state().store(name);
        try (OfflineSource source = job.offline(store, KeyRange.ALL)) {
          for (TaskName task : source.tasks()) {
            rows.write(row(store, source.task(task)));
          }
        }
      }
    }
  }

  private Map<String, String> row(StoreSpec store, OpenTask task) {
    CommittedTask committed = task.committed();
    LocalTask local = task.local();
    Map<String, String> row = new LinkedHashMap<>();
    row.put("task", SerdeText.quote(committed.task().toString()));
    row.put("store", SerdeText.quote(store.name()));
    if (local != null || committed.checkpoint() != null) {
      row.put("engine commit", Long.toString(committed.engineCommit()));
    }
    if (!options.localOnly()) {
      row.put("journal commit", Long.toString(committed.commit()));
      row.put("lag", Long.toString(committed.commit() - committed.engineCommit()));
    }
    long entries =
        local != null && local.has(store) ? local.approximateEntries(store) : count(committed);
    row.put("entries", Long.toString(entries));
    if (local != null) {
      row.put("bytes on disk", Long.toString(local.bytes()));
    }
    row.put("slots used", Integer.toString(committed.store().usedSlots(committed.slots())));
    row.put("keys", SerdeText.quote(store.keySerde().schema()));
    row.put("values", SerdeText.quote(store.valueSerde().schema()));
    return row;
  }

  private static long count(CommittedTask task) {
    long count = 0;
    try (Entries entries = task.store().all()) {
      while (entries.next() != null) {
        count++;
      }
    }
    return count;
  }
}
