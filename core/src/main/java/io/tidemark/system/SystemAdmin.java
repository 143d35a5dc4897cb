package io.tidemark.system;

import io.tidemark.api.SystemStreamPartition;
import java.util.Collection;
import java.util.Map;
import java.util.Set;

/** Looks at and creates the streams of a system. Any thread may call it; calls block. */
public interface SystemAdmin {

  /**
   * How many partitions streams have.
   *
   * @return an entry for each stream that exists
   */
  Map<String, Integer> partitionCounts(Collection<String> streams);

  /** Creates a stream unless it exists; an existing one is left as it is. */
  void create(StreamSpec stream);

  /**
   * The offsets that partitions hold, as far as readers of committed records see them.
   *
   * @return an entry for each partition asked for
   */
  Map<SystemStreamPartition, OffsetRange> offsets(Set<SystemStreamPartition> partitions);

  /**
   * Forgets what a partition holds before an offset, at once or a little later. Does nothing if
   * that is gone already, or if the system cannot.
   */
  default void trim(SystemStreamPartition partition, String offset) {}

  /**
   * What tells a stream from another that had its name before, such as the id of a Kafka topic.
   *
   * @return empty if the system does not tell
   */
  default String identity(String stream) {
    return "";
  }

  /**
   * Orders two offsets of one partition. By default offsets are decimal numbers.
   *
   * @return negative, 0 or positive, as {@code left} is before, at or after {@code right}
   */
  default int compareOffsets(String left, String right) {
    return left.length() != right.length()
        ? Integer.compare(left.length(), right.length())
        : left.compareTo(right);
  }
}
