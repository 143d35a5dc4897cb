package io.tidemark.cli.state;

import io.tidemark.cli.state.StateSource.Cursor;
import io.tidemark.cli.state.StateSource.TaskEntry;
import io.tidemark.state.EngineReader.Direction;
import io.tidemark.state.KeyRange;
import io.tidemark.state.StoreSpec;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Shows entries in the order of keys: what the commands for ranges and prefixes share. */
final class Scan {
  private static final String DEFAULT_LIMIT = "1000";

  @Option(names = "--reverse", description = "The greatest key first.")
  private boolean reverse;

  @Option(
      names = "--limit",
      paramLabel = "N",
      defaultValue = DEFAULT_LIMIT,
      description = "Show so many entries at most. Default: ${DEFAULT-VALUE}.")
  private long limit;

  void show(OpenJob job, StoreSpec store, KeyRange range, RowWriter rows) {
    StoreText text = new StoreText(store);
    Direction direction = reverse ? Direction.BACKWARD : Direction.FORWARD;
    try (StateSource source = job.source(store, range)) {
      boolean more;
      try (Cursor entries = source.scan(range, direction, limit)) {
        more = show(entries, text, rows);
      }
      rows.close();
      job.tell(source.origins());
      if (more) {
        job.notes().say("There are more than " + limit + "; --limit shows them.");
      }
    }
  }

  private boolean show(Cursor entries, StoreText text, RowWriter rows) {
    long shown = 0;
    for (TaskEntry entry = entries.next(); entry != null; entry = entries.next()) {
      if (shown == limit) {
        return true;
      }
      rows.write(text.row(entry));
      shown++;
    }
    return false;
  }

  void check(CommandLine command) {
    if (limit < 1) {
      throw new CommandLine.ParameterException(command, "--limit " + limit + ": give 1 or more");
    }
  }
}
