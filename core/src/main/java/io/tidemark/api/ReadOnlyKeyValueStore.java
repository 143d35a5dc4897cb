package io.tidemark.api;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A map from keys to values that can be read: a task's {@link KeyValueStore}, an immutable {@link
 * KeyValueSnapshot} of one, or a table that a stream feeds.
 *
 * <p>Keys and values are never null: an absent key reads as null, and a null key is refused with a
 * {@link NullPointerException} that names the store. Order is the order of the keys' serialized
 * bytes, compared as unsigned numbers: that of the keys themselves where their serde is an order
 * preserving one ({@code string}, {@code uuid}, {@code ordered-long}, {@code tuple} ...), and
 * nothing a reader could rely on otherwise. An entry whose time to live has passed is absent from
 * every read.
 *
 * <p>Iterators show what was there when they were made, whatever is written while they are used.
 * Close them; one left open is closed when the call of the task that made it ends, and a warning
 * names the store. Reading after the store was closed is an {@link IllegalStateException}.
 *
 * <p>Objects got from a store belong to the store: do not change them.
 */
public interface ReadOnlyKeyValueStore<K, V> {

  /** The value of a key; null if it has none. */
  @Nullable V get(K key);

  /**
   * The values of those keys that have one, in the order of the keys. Costs less than one {@link
   * #get} after another where values are not in memory.
   */
  Map<K, V> getAll(List<K> keys);

  /**
   * The entries from a key (included) to another (excluded), in order.
   *
   * @throws IllegalArgumentException if {@code from} is after {@code to}
   */
  KeyValueIterator<K, V> range(K from, K to);

  /**
   * The same entries as {@link #range}, the last one first.
   *
   * @throws IllegalArgumentException if {@code from} is after {@code to}
   */
  KeyValueIterator<K, V> reverseRange(K from, K to);

  /** The entries whose serialized keys begin with these bytes, in order. */
  KeyValueIterator<K, V> prefix(byte[] prefix);

  /** All entries, in order. */
  KeyValueIterator<K, V> all();

  /** All entries, the last one first. */
  KeyValueIterator<K, V> reverseAll();

  /**
   * About how many entries there are, without looking at them: entries whose time to live has
   * passed may still count, and entries written lately may not, or twice.
   */
  long approximateEntries();
}
