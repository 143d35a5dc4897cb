package io.tidemark.cli.state;

import io.tidemark.cli.state.StateSource.Cursor;
import io.tidemark.cli.state.StateSource.TaskEntry;
import java.util.Locale;
import java.util.function.Consumer;

/** Goes through all entries of a store, and tells how it gets on. Confined to one thread. */
final class Traversal {
  private final String what;
  private final Notes notes;
  private final long begin = System.nanoTime();
  private long entries;
  private long bytes;

  /**
   * @param what is done with the entries, such as "counted"
   */
  Traversal(String what, Notes notes) {
    this.what = what;
    this.notes = notes;
  }

  void run(StateSource source, Consumer<TaskEntry> action) {
    try (Cursor cursor = source.all()) {
      for (TaskEntry entry = cursor.next(); entry != null; entry = cursor.next()) {
        action.accept(entry);
        entries++;
        bytes += entry.key().length + entry.value().length;
        if ((entries & 0xff) == 0 && notes.isDue()) {
          notes.show(text());
        }
      }
    } finally {
      notes.clear();
    }
  }

  /** How many entries there were. */
  long entries() {
    return entries;
  }

  /** What was done so far. */
  String text() {
    double seconds = Math.max(1e-3, (System.nanoTime() - begin) / 1e9);
    return String.format(
        Locale.ROOT,
        "%s: %,d entries, %.1f MB, %,.0f/s",
        what,
        entries,
        bytes / 1e6,
        entries / seconds);
  }
}
