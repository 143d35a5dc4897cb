package io.tidemark.api;

/**
 * Turns values that a store was written with into those of its next version. Declared by {@code
 * stores.<s>.migrations}, in the order in which the versions came: the last makes the values of
 * {@code stores.<s>.msg.serde}, and each of the others those that the next one takes. Needs a
 * public constructor without arguments; made for each task, and confined to its thread.
 *
 * <p>Which version a value is of, the store knows by the {@link Serde#schema} that it was written
 * with. A migration stays declared for as long as the job keeps its state: old values are in the
 * journal until it is trimmed, and in the store until they have been written again.
 *
 * @param <K> the store's keys
 * @param <O> the old values
 * @param <N> the new values
 */
public interface ValueMigration<K, O, N> {

  /** Reads the old values. Called when the store is opened. */
  Serde<O> from();

  /**
   * The new value for an old one. The same for the same arguments, since it may be called each time
   * the value is read; what it throws fails the task (TM-3017).
   *
   * @param key the entry's key
   * @param old the old value
   * @return never null
   */
  N migrate(K key, O old);
}
