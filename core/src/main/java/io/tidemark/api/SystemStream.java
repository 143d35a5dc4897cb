package io.tidemark.api;

import java.util.Objects;

/**
 * A stream of a system, such as the topic {@code orders} of the system {@code kafka}. Immutable.
 */
public class SystemStream {
  private final String system;
  private final String stream;

  /**
   * @param system the system's name, as in {@code systems.<name>.factory}
   * @param stream the stream's name in that system
   */
  public SystemStream(String system, String stream) {
    this.system = Objects.requireNonNull(system, "system");
    this.stream = Objects.requireNonNull(stream, "stream");
  }

  /** The name of the system. */
  public String getSystem() {
    return system;
  }

  /** The name of the stream in its system. */
  public String getStream() {
    return stream;
  }

  @Override
  public boolean equals(Object other) {
    return other != null
        && other.getClass() == getClass()
        && ((SystemStream) other).system.equals(system)
        && ((SystemStream) other).stream.equals(stream);
  }

  @Override
  public int hashCode() {
    return 31 * system.hashCode() + stream.hashCode();
  }

  /** {@code system.stream}, as {@code task.inputs} writes it. */
  @Override
  public String toString() {
    return system + "." + stream;
  }
}
