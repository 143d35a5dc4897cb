package io.tidemark.checkpoint;

import io.tidemark.api.SystemStreamPartition;
import java.util.List;

/**
 * One life of a job, from a start out of nothing or out of a checkpoint. Each has a journal of its
 * own. An ordinary restart stays on its timeline; a start from a checkpoint begins another, and
 * whatever the former one did after that checkpoint's cut is void.
 *
 * @param number from 1; {@link #ELSEWHERE} in checkpoints that were imported
 * @param journal the name of its journal
 * @param stages the stages and how they are divided into tasks, in the order of the journal's
 *     partitions
 * @param origins the checkpoints that it and the timelines it descends from were begun from, in
 *     order; empty on the first
 */
public record Timeline(int number, String journal, List<StagePlan> stages, List<Origin> origins) {
  /** The number of timelines that are none of the job's. */
  public static final int ELSEWHERE = 0;

  public Timeline {
    stages = List.copyOf(stages);
    origins = List.copyOf(origins);
  }

  /**
   * How a stage is divided.
   *
   * @param name the stage
   * @param tasks how many tasks it has; task i has the slots that are i modulo this
   * @param partitions how many partitions each of its inputs has
   * @param slots how many slots its keys fall into; a multiple of both
   * @param repeats what its tasks read again and pass over
   */
  public record StagePlan(String name, int tasks, int partitions, int slots, List<Repeat> repeats) {
    public StagePlan {
      repeats = List.copyOf(repeats);
    }

    /** A stage whose tasks read nothing again. */
    public StagePlan(String name, int tasks, int partitions, int slots) {
      this(name, tasks, partitions, slots, List.of());
    }

    /** Whether a task of the stage has records of a repeat. */
    public boolean has(int task, Repeat repeat) {
      int common = Division.common(tasks, repeat.tasks());
      return partitions != repeat.partitions() || task % common == repeat.task() % common;
    }
  }

  /**
   * Records whose effects are in the state that a timeline was begun from, though some of its tasks
   * begin to read before them: those of a partition that were of one task, as the stage was divided
   * then, up to where that task had read. This stays true for ever, so that nobody has to remember
   * how far it has come with them.
   *
   * @param input the partition
   * @param tasks how many tasks the stage had
   * @param partitions how many partitions each of its inputs had
   * @param task the number of the task
   * @param before the offset from which on the task had read nothing
   */
  public record Repeat(
      SystemStreamPartition input, int tasks, int partitions, int task, String before) {}

  /**
   * What a timeline was begun from.
   *
   * @param timeline the number of the timeline that was begun
   * @param checkpoint the number of the checkpoint; 0 if it was begun from nothing
   */
  public record Origin(int timeline, long checkpoint) {}

  /**
   * Whether a record of an intermediate stream counts on this timeline.
   *
   * @param sentOn the timeline that its sender was on
   * @param cut the last cut that its sender had made when it sent the record
   */
  public boolean counts(int sentOn, long cut) {
    boolean descends = sentOn == number || sentOn == 1;
    for (Origin origin : origins) {
      if (origin.timeline() > sentOn && cut >= origin.checkpoint()) {
        return false;
      }
      descends |= origin.timeline() == sentOn;
    }
    return descends;
  }

  /**
   * The name of the journal of one of a job's timelines.
   *
   * @param first the name of that of the first one
   */
  public static String journal(String first, int number) {
    return number == 1 ? first : first + "-t" + number;
  }

  /** How many tasks all stages have together. */
  public int tasks() {
    return stages.stream().mapToInt(StagePlan::tasks).sum();
  }
}
