package io.tidemark.cli.state;

import io.tidemark.cli.state.StateSource.Cursor;
import io.tidemark.cli.state.StateSource.TaskEntry;
import io.tidemark.state.EngineReader.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The entries of several tasks, one task after another or all in the order of keys. Opens a task's
 * when they are needed. Confined to one thread.
 */
final class Cursors implements Cursor {
  private final @Nullable Comparator<TaskEntry> order;
  private final List<Supplier<Cursor>> unopened = new ArrayList<>();
  private final List<Head> heads = new ArrayList<>();

  /** An open cursor and the entry it gave last. */
  private record Head(TaskEntry entry, Cursor rest) {}

  private Cursors(@Nullable Comparator<TaskEntry> order) {
    this.order = order;
  }

  /** One task after another. */
  static Cursors sequence() {
    return new Cursors(null);
  }

  /** In the order of keys; of equal ones in that of tasks. */
  static Cursors merged(Direction direction) {
    Comparator<byte[]> bytes = Arrays::compareUnsigned;
    return new Cursors(
        Comparator.comparing(
                TaskEntry::key, direction == Direction.FORWARD ? bytes : bytes.reversed())
            .thenComparing(TaskEntry::task));
  }

  /** Adds the entries of the next task. */
  void add(Supplier<Cursor> task) {
    unopened.add(task);
  }

  @Override
  public @Nullable TaskEntry next() {
    while (!unopened.isEmpty() && (order != null || heads.isEmpty())) {
      step(unopened.remove(0).get());
    }
    if (heads.isEmpty()) {
      return null;
    }
    Head head = heads.remove(first());
    TaskEntry entry = head.entry;
    step(head.rest);
    return entry;
  }

  /**
   * The place of the head that comes first; there are as many as tasks, so that a look is cheap.
   */
  private int first() {
    int first = 0;
    for (int i = 1; order != null && i < heads.size(); i++) {
      if (order.compare(heads.get(i).entry, heads.get(first).entry) < 0) {
        first = i;
      }
    }
    return first;
  }

  private void step(Cursor cursor) {
    TaskEntry next = cursor.next();
    if (next == null) {
      cursor.close();
    } else {
      heads.add(new Head(next, cursor));
    }
  }

  @Override
  public void close() {
    heads.forEach(head -> head.rest.close());
    heads.clear();
    unopened.clear();
  }
}
