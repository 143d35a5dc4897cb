package io.tidemark.state;

import io.tidemark.api.Serde;
import io.tidemark.api.ValueMigration;
import java.util.List;

/**
 * How values of a store's former schemas become those of the present one: a value enters the chain
 * of steps where one takes it, and goes through all from there on.
 *
 * @param steps in order; not used by another task
 * @param eager whether all entries are migrated before the task begins
 */
public record Migrations(List<ValueMigration<Object, Object, Object>> steps, boolean eager) {
  /** None are declared. */
  public static final Migrations NONE = new Migrations(List.of(), false);

  /** Said of a schema that neither the store's serde nor a step reads. */
  static final int UNREADABLE = -1;

  public Migrations {
    steps = List.copyOf(steps);
  }

  /**
   * Where values of a schema enter: the number of a step; that of all steps if the store's serde
   * reads them as they are; {@link #UNREADABLE}. A step that is from that very schema goes before
   * one that can read it too, and a later one before an earlier one.
   *
   * @param froms what each step reads with
   * @param present the store's serde
   */
  static int entry(List<? extends Serde<?>> froms, Serde<?> present, String schema) {
    if (present.reads(schema)) {
      return froms.size();
    }
    int reads = UNREADABLE;
    for (int step = froms.size() - 1; step >= 0; step--) {
      if (froms.get(step).schema().equals(schema)) {
        return step;
      }
      if (reads == UNREADABLE && froms.get(step).reads(schema)) {
        reads = step;
      }
    }
    return reads;
  }
}
