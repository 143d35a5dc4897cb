package io.tidemark.cli.state;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.container.TaskJournals;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockDecoder.LocatedBlock;
import io.tidemark.journal.BlockReader;
import io.tidemark.journal.StoreChanges;
import io.tidemark.state.StoredEntry;
import io.tidemark.state.StoredValue;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds the changes of a key in the journals of tasks. Confined to one thread. */
final class KeyHistory {
  static final List<String> COLUMNS =
      List.of("task", "commit", "time", "old", "new", "expires", "before", "after");

  private final String store;
  private final byte[] key;
  private final StoreText text;
  private final RowWriter rows;

  /**
   * @param rows takes the changes
   */
  KeyHistory(String store, byte[] key, StoreText text, RowWriter rows) {
    this.store = store;
    this.key = key;
    this.text = text;
    this.rows = rows;
  }

  /**
   * Reads the journal of a task.
   *
   * @return how many changes there are
   */
  long read(TaskName task, TaskJournals journals, Notes notes) {
    Reading reading = new Reading(task);
    BlockReader blocks = journals.read(task);
    for (LocatedBlock next = blocks.next(); next != null; next = blocks.next()) {
      reading.take(next.block());
      notes.progress("reading the journal of " + task, blocks.share());
    }
    notes.clear();
    return reading.found;
  }

  /** What is known of the key before the next block of a task. */
  private final class Reading {
    private final TaskName task;
    private Map<SystemStreamPartition, String> positions = Map.of();
    private @Nullable StoredEntry last;

    /** Not if the journal's beginning is gone, and the key has not changed since. */
    private boolean lastKnown;

    private long found;

    Reading(TaskName task) {
      this.task = task;
    }

    void take(Block block) {
      lastKnown |= block.number() == 1;
      for (StoreChanges changes : block.stores()) {
        if (changes.store().equals(store)) {
          take(block, changes.cursor());
        }
      }
      positions = block.positions();
    }

    private void take(Block block, StoreChanges.Cursor change) {
      while (change.next()) {
        if (Changes.isOf(change, key)) {
          StoredEntry now = Changes.entry(change);
          rows.write(row(block, now));
          last = now;
          lastKnown = true;
          found++;
        }
      }
    }

    private Map<String, String> row(Block block, @Nullable StoredEntry now) {
      Map<String, String> row = new LinkedHashMap<>();
      row.put("task", SerdeText.quote(task.toString()));
      row.put("commit", Long.toString(block.number()));
      row.put("time", StoreText.time(block.timeMs()));
      if (lastKnown) {
        row.put("old", json(last));
      }
      row.put("new", json(now));
      if (now != null && now.expires() != StoredValue.NEVER) {
        row.put("expires", StoreText.time(now.expires()));
      }
      row.put("before", Changes.json(positions));
      row.put("after", Changes.json(block.positions()));
      return row;
    }
  }

  private String json(@Nullable StoredEntry entry) {
    return entry == null ? "null" : text.values().json(entry.value());
  }
}
