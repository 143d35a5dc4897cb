package io.tidemark.rpc;

import io.tidemark.state.StoredValue;
import org.jspecify.annotations.Nullable;

/**
 * What stands under a key of a running job.
 *
 * @param key the key
 * @param value its value; null if it has none
 * @param expires when it expires, in milliseconds since 1970; {@link StoredValue#NEVER}
 * @param commit the number of the task's commit that this is of
 * @param task the task that answered
 */
public record RemoteEntry<K, V>(K key, @Nullable V value, long expires, long commit, String task) {}
