package io.tidemark.state;

import io.tidemark.system.KeyHash;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Where keys live in an engine: each begins with a slot, two bytes. A job's keys fall into a fixed
 * number of slots by the hash that also chose the input partition, so that a partition is a set of
 * slots and a task can be split without touching its entries.
 *
 * <p>A key that does not belong to the task's partition by its hash (a store keyed by something
 * else than the input, or a custom partitioner) goes into {@link #TASK_SLOT}, which stays whole.
 */
public final class Slots {
  /** The slot of everything that moves with its task and cannot be split. */
  public static final int TASK_SLOT = 0xffff;

  static final int PREFIX_BYTES = 2;
  private static final int PER_PARTITION = 128;
  private static final int LIMIT = 0xffff;

  private final int slots;
  private final int partitions;
  private final int partition;

  /**
   * @param slots how many slots the job has; a multiple of {@code partitions}
   * @param partitions how many partitions its inputs have
   * @param partition the task's
   */
  public Slots(int slots, int partitions, int partition) {
    if (slots % partitions != 0 || slots > LIMIT || partition >= partitions) {
      throw new IllegalArgumentException(
          slots + " slots over " + partitions + " partitions, partition " + partition);
    }
    this.slots = slots;
    this.partitions = partitions;
    this.partition = partition;
  }

  /** How many slots a new job with so many input partitions gets. */
  public static int forPartitions(int partitions) {
    if (partitions > LIMIT) {
      throw new IllegalArgumentException("more than " + LIMIT + " input partitions");
    }
    return partitions * Math.min(PER_PARTITION, LIMIT / partitions);
  }

  /** How many slots the job has. */
  int count() {
    return slots;
  }

  /** The slot of a partitioning key. */
  int of(byte[] partitioningKey) {
    int slot = KeyHash.of(partitioningKey) % slots;
    return slot % partitions == partition ? slot : TASK_SLOT;
  }

  /** The slots that this task's keys may be in, ascending. */
  int[] all() {
    int own = slots / partitions;
    int[] all = new int[own + 1];
    for (int i = 0; i < own; i++) {
      all[i] = partition + i * partitions;
    }
    all[own] = TASK_SLOT;
    return all;
  }

  /**
   * The slots of one of several tasks that a stage is divided into, for {@link
   * StorageEngine#retain}.
   *
   * @param slots how many slots the stage has
   * @param tasks how many tasks
   * @param task which of them
   * @param withTaskSlot whether {@link #TASK_SLOT} is one of them
   */
  public static IntPredicate ofTask(int slots, int tasks, int task, boolean withTaskSlot) {
    return slot -> slot == TASK_SLOT ? withTaskSlot : slot < slots && slot % tasks == task;
  }

  /** The slot of a key as engines hold it; one that is too short counts as the task's own. */
  public static int slotOf(byte[] engineKey) {
    return engineKey.length < PREFIX_BYTES
        ? TASK_SLOT
        : (engineKey[0] & 0xff) << 8 | (engineKey[1] & 0xff);
  }

  /**
   * The ranges of engine keys that are in none of some slots, in order. The last has no end if
   * {@link #TASK_SLOT} is not among them.
   */
  public static List<KeyRange> others(IntPredicate slots) {
    List<KeyRange> others = new ArrayList<>();
    int from = -1;
    for (int slot = 0; slot <= TASK_SLOT; slot++) {
      if (slots.test(slot)) {
        if (from >= 0) {
          others.add(new KeyRange(engineKey(from, new byte[0]), engineKey(slot, new byte[0])));
        }
        from = -1;
      } else if (from < 0) {
        from = slot;
      }
    }
    if (from >= 0) {
      others.add(new KeyRange(engineKey(from, new byte[0]), null));
    }
    return others;
  }

  /** A key as engines hold it. */
  static byte[] engineKey(int slot, byte[] key) {
    byte[] engineKey = new byte[PREFIX_BYTES + key.length];
    engineKey[0] = (byte) (slot >>> 8);
    engineKey[1] = (byte) slot;
    System.arraycopy(key, 0, engineKey, PREFIX_BYTES, key.length);
    return engineKey;
  }
}
