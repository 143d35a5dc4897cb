package io.tidemark.checkpoint;

import io.tidemark.api.SystemStream;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.Timeline.Repeat;
import io.tidemark.checkpoint.Timeline.StagePlan;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How far the tasks of a checkpoint had read, and so where the tasks begin that are made of them.
 *
 * <p>A task begins at the first of the places that its parts had come to. What others of them had
 * read beyond it, each its share, is a {@link Repeat}: its effects are in the state already, so it
 * is read again and passed over. Thus each record is processed once, and those of a key in order,
 * though a task has but one position for each partition. Confined to one thread.
 */
public final class FormerPositions {
  private final CheckpointManifest checkpoint;
  private final Set<SystemStream> streams;
  private final OffsetOrder order;

  /** Orders the offsets of a partition, as its system does. */
  public interface OffsetOrder {
    /** Negative, 0 or positive, as {@code left} is before, at or after {@code right}. */
    int compare(SystemStreamPartition input, String left, String right);
  }

  /**
   * Those of a checkpoint.
   *
   * @param streams the streams that are read; others are forgotten
   */
  public FormerPositions(
      CheckpointManifest checkpoint, Set<SystemStream> streams, OffsetOrder order) {
    this.checkpoint = checkpoint;
    this.streams = Set.copyOf(streams);
    this.order = order;
  }

  /**
   * Where a task begins.
   *
   * @param partitions how many partitions each input of its stage has
   */
  public Map<SystemStreamPartition, String> of(Division division, int partitions) {
    Map<SystemStreamPartition, String> first = new HashMap<>();
    for (TaskManifest part : readers(division, partitions)) {
      read(part).forEach((input, position) -> takeFirst(first, input, position));
    }
    return first;
  }

  /**
   * Whose positions count for a task: its parts'. If partitions were added, keys that are now
   * another task's may be unread in the former ones.
   */
  private List<TaskManifest> readers(Division division, int partitions) {
    List<TaskManifest> parts = division.partsOf(checkpoint);
    if (parts.stream().allMatch(part -> part.partitions() == partitions)) {
      return parts;
    }
    String stage = division.task().stage();
    return checkpoint.tasks().stream().filter(part -> part.task().stage().equals(stage)).toList();
  }

  private Map<SystemStreamPartition, String> read(TaskManifest part) {
    Map<SystemStreamPartition, String> positions = new HashMap<>(part.positions());
    positions.keySet().removeIf(input -> !streams.contains(input.getSystemStream()));
    return positions;
  }

  private void takeFirst(
      Map<SystemStreamPartition, String> first, SystemStreamPartition input, String position) {
    first.merge(
        input, position, (one, other) -> order.compare(input, one, other) <= 0 ? one : other);
  }

  /**
   * What the tasks of a stage read again; also what those of the checkpoint still had to.
   *
   * @param stage how the stage is divided now
   */
  public List<Repeat> repeats(StagePlan stage) {
    Set<Repeat> repeats = new LinkedHashSet<>(known(stage.name()));
    Map<SystemStreamPartition, String> first = new HashMap<>();
    for (int number = 0; number < stage.tasks(); number++) {
      Division division =
          new Division(new TaskName(stage.name(), number), stage.tasks(), stage.slots());
      Map<SystemStreamPartition, String> begin = of(division, stage.partitions());
      begin.forEach((input, position) -> takeFirst(first, input, position));
      for (TaskManifest part : readers(division, stage.partitions())) {
        read(part)
            .forEach(
                (input, position) -> {
                  if (isBefore(input, begin, position)) {
                    repeats.add(repeat(part, input, position));
                  }
                });
      }
    }
    repeats.removeIf(repeat -> !isBefore(repeat.input(), first, repeat.before()));
    return List.copyOf(repeats);
  }

  private List<Repeat> known(String stage) {
    return checkpoint.timeline().stages().stream()
        .filter(plan -> plan.name().equals(stage))
        .flatMap(plan -> plan.repeats().stream())
        .toList();
  }

  private static Repeat repeat(TaskManifest part, SystemStreamPartition input, String before) {
    return new Repeat(input, part.tasks(), part.partitions(), part.task().partition(), before);
  }

  private boolean isBefore(
      SystemStreamPartition input, Map<SystemStreamPartition, String> begin, String offset) {
    String position = begin.get(input);
    return position != null && order.compare(input, position, offset) < 0;
  }
}
