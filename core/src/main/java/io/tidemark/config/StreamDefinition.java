package io.tidemark.config;

import io.tidemark.api.SystemStream;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A stream that the job reads or writes.
 *
 * @param id the name that configuration uses for it
 * @param systemStream its system, and its name there
 * @param keySerde the serde of its keys
 * @param msgSerde the serde of its messages
 * @param offsetDefault where reading begins without a committed position
 * @param onError what becomes of a record that cannot be deserialized or processed
 * @param deadLetter where such records go; null unless the policy is {@link
 *     ErrorPolicy#DEAD_LETTER}
 * @param partitions how many partitions it is created with; null for as many as the first stage's
 *     inputs have, or, if it is intermediate, the first input that is not
 * @param properties the system's settings for creating it, such as {@code retention.ms}
 * @param intermediate whether it joins stages: the job writes it and reads it
 */
public record StreamDefinition(
    String id,
    SystemStream systemStream,
    String keySerde,
    String msgSerde,
    OffsetDefault offsetDefault,
    ErrorPolicy onError,
    @Nullable SystemStream deadLetter,
    @Nullable Integer partitions,
    Map<String, String> properties,
    boolean intermediate) {
  public StreamDefinition {
    properties = Map.copyOf(properties);
  }

  /** A stream of which nothing but its name is configured. */
  static StreamDefinition unconfigured(SystemStream stream, SystemDefinition system) {
    return new StreamDefinition(
        stream.getStream(),
        stream,
        system.keySerde(),
        system.msgSerde(),
        OffsetDefault.OLDEST,
        ErrorPolicy.FAIL,
        null,
        null,
        Map.of(),
        false);
  }
}
