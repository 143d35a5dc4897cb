package io.tidemark.runtime;

import io.tidemark.api.Serde;

/**
 * How records are written to an output.
 *
 * @param stream its name in its system
 * @param keySerde writes keys and partition keys
 * @param messageSerde writes messages
 * @param intermediate whether tasks of the same job read it, so that cuts travel on its records
 */
public record OutputSpec(
    String stream, Serde<Object> keySerde, Serde<Object> messageSerde, boolean intermediate) {}
