package io.tidemark.state;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the bytes of a task's stores. Keys are compared as unsigned bytes.
 *
 * <p>Invariant: the contents of all stores together always equal the task's state at {@link
 * #commit}, also after the process was killed at any moment: {@link #apply} is atomic over all
 * stores, and what it applied may be lost by a crash (there is no write-ahead log), but only from
 * the end and whole.
 *
 * <p>Threads: {@code apply} and {@code flush} are called by one thread at a time, reads by the
 * task's worker at the same time. {@code close} is called when nobody else calls.
 */
public interface StorageEngine extends AutoCloseable {

  /**
   * The commit that the contents equal; {@link EngineCommit#NONE} if nothing was ever applied.
   * While another thread applies, reads that begin after this returned see this commit or a later
   * one.
   */
  EngineCommit commit();

  /** The value of a key; null if absent. */
  byte @Nullable [] get(int store, byte[] key);

  /**
   * The entries from a key on, in order, as of some moment between the call and its return; later
   * changes may or may not be seen.
   *
   * @param from the first key wanted
   * @param to the first key not wanted; null for no end
   */
  EngineIterator scan(int store, byte[] from, byte @Nullable [] to);

  /**
   * Applies changes and moves to another commit, atomically.
   *
   * @param changes at most one per key, in the order of stores and keys
   * @param commit the commit that the contents equal afterwards
   */
  void apply(Iterable<Change> changes, EngineCommit commit);

  /** Makes everything applied survive a crash of the machine. */
  void flush();

  /** About how many entries a store has. */
  long approximateEntries(int store);

  /** Closes; what was applied is durable afterwards. Closing again does nothing. */
  @Override
  void close();

  /**
   * A change of one key.
   *
   * @param store the store's index
   * @param key the key
   * @param value the new value; null if the key is removed
   */
  @SuppressWarnings("ArrayRecordComponent") // the bytes are handed over, never compared
  record Change(int store, byte[] key, byte @Nullable [] value) {}
}
