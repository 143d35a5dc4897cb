package io.tidemark.container;

import java.util.ArrayList;
import java.util.List;

/**
 * What a job that is begun from a checkpoint has otherwise than the checkpoint. All is matched by
 * name: what was renamed counts as removed and added.
 *
 * @param from which checkpoint it is
 * @param changes what is otherwise, a line each
 */
public record PlanDifference(String from, List<Change> changes) {
  public PlanDifference {
    changes = List.copyOf(changes);
  }

  /** What is otherwise. */
  public enum Kind {
    STAGE_ADDED,
    STAGE_REMOVED,
    STORE_ADDED,
    STORE_REMOVED,
    INPUT_ADDED,
    INPUT_REMOVED,
    DIVIDED_ANEW,
    PARTITIONS_ADDED
  }

  /**
   * A difference.
   *
   * @param kind what it is
   * @param stage the stage that it is about
   * @param name the store or input; empty if it is the stage itself
   * @param text what it is and what becomes of it, in words
   */
  public record Change(Kind kind, String stage, String name, String text) {}

  /** Whether nothing is otherwise. */
  public boolean isEmpty() {
    return changes.isEmpty();
  }

  /** The changes of a kind. */
  public List<Change> of(Kind kind) {
    return changes.stream().filter(change -> change.kind == kind).toList();
  }

  /** All of it, for people to read. */
  public String text() {
    if (changes.isEmpty()) {
      return "The job is as it was in " + from + ".";
    }
    List<String> lines = new ArrayList<>();
    lines.add("The job differs from " + from + ":");
    changes.forEach(change -> lines.add("  - " + change.text));
    return String.join("\n", lines);
  }
}
