package io.tidemark.runtime;

import io.tidemark.api.Serde;

/**
 * How records are written to an output.
 *
 * @param stream its name in its system
 * @param keySerde writes keys and partition keys
 * @param messageSerde writes messages
 * @param intermediate whether a task of this job reads it
 */
public record OutputSpec(
    String stream, Serde<Object> keySerde, Serde<Object> messageSerde, boolean intermediate) {}
