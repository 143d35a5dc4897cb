package io.tidemark.api;

/** One partition of a stream. Immutable; cheap as a map key. */
public final class SystemStreamPartition extends SystemStream {
  private final Partition partition;
  private final int hash;

  public SystemStreamPartition(String system, String stream, Partition partition) {
    super(system, stream);
    this.partition = partition;
    this.hash = 31 * super.hashCode() + partition.id();
  }

  public SystemStreamPartition(SystemStream systemStream, Partition partition) {
    this(systemStream.getSystem(), systemStream.getStream(), partition);
  }

  /** The partition's number within the stream. */
  public Partition getPartition() {
    return partition;
  }

  /** The stream this is a partition of. */
  public SystemStream getSystemStream() {
    return new SystemStream(getSystem(), getStream());
  }

  @Override
  public boolean equals(Object other) {
    return super.equals(other) && ((SystemStreamPartition) other).partition.equals(partition);
  }

  @Override
  public int hashCode() {
    return hash;
  }

  /** {@code system.stream[partition]}. */
  @Override
  public String toString() {
    return super.toString() + "[" + partition.id() + "]";
  }
}
