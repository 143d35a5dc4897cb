package io.tidemark.runtime;

import io.tidemark.api.Serde;

/**
 * A task's view of a table that its container holds for all tasks.
 *
 * @param table the table
 * @param keySerde for keys; not used by another task
 * @param valueSerde for values; not used by another task
 */
public record TableSpec(BroadcastTable table, Serde<Object> keySerde, Serde<Object> valueSerde) {}
