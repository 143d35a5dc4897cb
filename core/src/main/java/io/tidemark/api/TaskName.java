package io.tidemark.api;

/**
 * Names a task: one stage of the job times one input partition.
 *
 * @param stage the stage; {@code main} in a job of one stage
 * @param partition the input partition
 */
public record TaskName(String stage, int partition) implements Comparable<TaskName> {

  @Override
  public int compareTo(TaskName other) {
    int byStage = stage.compareTo(other.stage);
    return byStage != 0 ? byStage : Integer.compare(partition, other.partition);
  }

  /** {@code stage-partition}, as in logs and directory names. */
  @Override
  public String toString() {
    return stage + "-" + partition;
  }
}
