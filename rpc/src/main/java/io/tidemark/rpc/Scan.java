package io.tidemark.rpc;

import org.jspecify.annotations.Nullable;

/**
 * Which entries of a store are wanted, in the order of their serialized keys. Immutable: each
 * method gives another scan.
 *
 * @param from the first key; null for the beginning
 * @param to the first key after the range; null for the end
 * @param prefix the bytes that the serialized keys begin with
 * @param reversed whether the greatest key comes first
 * @param limit how many entries at most, up to 100,000
 * @param task the task that is asked; null for all
 */
@SuppressWarnings("ArrayRecordComponent") // a description, never compared
public record Scan<K>(
    @Nullable K from,
    @Nullable K to,
    byte[] prefix,
    boolean reversed,
    int limit,
    @Nullable String task) {

  /** The first 1,000 entries. */
  public static <K> Scan<K> all() {
    return new Scan<>(null, null, new byte[0], false, 1_000, null);
  }

  /** From this key on. */
  public Scan<K> from(K key) {
    return new Scan<>(key, to, prefix, reversed, limit, task);
  }

  /** Up to this key, which is not among them. */
  public Scan<K> to(K key) {
    return new Scan<>(from, key, prefix, reversed, limit, task);
  }

  /** Only keys whose bytes begin so. */
  public Scan<K> prefix(byte[] bytes) {
    return new Scan<>(from, to, bytes, reversed, limit, task);
  }

  /** The greatest key first. */
  public Scan<K> reverse() {
    return new Scan<>(from, to, prefix, true, limit, task);
  }

  /** At most so many entries. */
  public Scan<K> limit(int entries) {
    return new Scan<>(from, to, prefix, reversed, entries, task);
  }

  /** Only those of one task, {@code stage-partition}. */
  public Scan<K> ofTask(String name) {
    return new Scan<>(from, to, prefix, reversed, limit, name);
  }
}
