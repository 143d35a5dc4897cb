package io.tidemark.api;

import org.jspecify.annotations.Nullable;

/**
 * A header of a record. A record may have several of one name; their order is kept.
 *
 * @param name the header's name
 * @param value its bytes, which nobody may change
 */
@SuppressWarnings("ArrayRecordComponent") // the bytes belong to the record they came with
public record Header(String name, byte @Nullable [] value) {}
