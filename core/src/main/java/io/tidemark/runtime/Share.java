package io.tidemark.runtime;

import io.tidemark.system.KeyHash;
import io.tidemark.system.RecordBatch;

/**
 * Which records of the partitions that a task reads are its own: all, unless its stage has more
 * tasks than partitions. Then those tasks whose numbers are the partition's modulo the partitions
 * divide it by the keys' slots. Each record is of exactly one of them, and all of a key are of the
 * same, also of keys that some other partitioner has put there. Records without a key are of the
 * lowest. Immutable.
 *
 * @param tasks how many tasks the stage has
 * @param partitions how many partitions each of its inputs has
 * @param task the number of the task
 */
record Share(int tasks, int partitions, int task) {
  static Share of(TaskSpec spec) {
    return new Share(spec.tasks(), spec.partitions(), spec.name().partition());
  }

  /** Whether others read the same partitions. */
  boolean isPart() {
    return tasks > partitions;
  }

  /** Whether a record is the task's to process. */
  boolean has(RecordBatch batch, int index) {
    if (!isPart()) {
      return true;
    }
    byte[] key = batch.key(index);
    // The number of tasks divides that of slots, so the hash tells the task without the slot.
    return (key == null ? 0 : KeyHash.of(key) % tasks / partitions) == lane();
  }

  /** The how manieth of the tasks it is that read the same partitions. */
  int lane() {
    return isPart() ? task / partitions : 0;
  }
}
