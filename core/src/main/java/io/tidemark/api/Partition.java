package io.tidemark.api;

/**
 * The number of a partition within its stream.
 *
 * @param id from 0
 */
public record Partition(int id) implements Comparable<Partition> {

  /** The partition's number, from 0. */
  public int getPartitionId() {
    return id;
  }

  @Override
  public int compareTo(Partition other) {
    return Integer.compare(id, other.id);
  }
}
