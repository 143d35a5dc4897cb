package io.tidemark.cli.checkpoints;

import io.tidemark.checkpoint.Catalog;
import io.tidemark.cli.options.JobOptions;
import io.tidemark.coordinator.CheckpointRecord;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidemark checkpoints list}. */
@Command(
    name = "list",
    description = {
      "Lists the checkpoints and savepoints of a job, the newest first.",
      "While the job's coordinator answers, also those that failed and the one under way."
    })
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
    try (OpenCatalog open = new OpenCatalog(options);
        RunningCoordinator coordinator = RunningCoordinator.of(open.settings())) {
      show(spec.commandLine().getOut(), open.catalog().list(), coordinator.unfinished(), json);
    }
  }

  /**
   * Shows a list.
   *
   * @param entries what is in the blob store, the newest first
   * @param unfinished what is only in the coordinator's records
   */
  static void show(
      PrintWriter out,
      List<Catalog.Entry> entries,
      List<CheckpointRecord> unfinished,
      boolean json) {
    List<Catalog.Entry> left = new ArrayList<>(entries);
    List<CheckpointRecord> records = new ArrayList<>(unfinished);
    records.sort(Comparator.comparingLong(CheckpointRecord::number).reversed());
    List<List<String>> rows = new ArrayList<>(List.of(Description.COLUMNS));
    List<String> lines = new ArrayList<>();
    while (!left.isEmpty() || !records.isEmpty()) {
      if (!records.isEmpty() && (left.isEmpty() || isNewer(records.get(0), left.get(0)))) {
        CheckpointRecord record = records.remove(0);
        rows.add(Description.row(record));
        lines.add(Output.json(Description.summary(record)));
      } else {
        Catalog.Entry entry = left.remove(0);
        rows.add(Description.row(entry));
        lines.add(Output.json(Description.summary(entry)));
      }
    }
    if (json) {
      lines.forEach(line -> out.print(line + "\n"));
    } else {
      Output.print(out, rows);
    }
    out.flush();
  }

  private static boolean isNewer(CheckpointRecord record, Catalog.Entry entry) {
    return entry.manifest() != null && record.number() > entry.manifest().number();
  }
}
