package io.tidemark.state;

import org.jspecify.annotations.Nullable;

/**
 * Keeps the bytes of a task's stores.
 *
 * <p>Invariant: the contents of all stores together always equal the task's state at {@link
 * #commit}, also after the process was killed at any moment: {@link #apply} is atomic over all
 * stores, and what it applied may be lost by a crash (there is no write-ahead log), but only from
 * the end and whole.
 *
 * <p>Threads: {@code apply} and {@code flush} are called by one thread at a time, reads and {@code
 * snapshot} by any at the same time. {@code close} waits for the calls under way; all later ones
 * but {@code commit} and {@code close} throw {@link IllegalStateException}.
 */
public interface StorageEngine extends EngineReader, AutoCloseable {

  /**
   * The commit that the contents equal; {@link EngineCommit#NONE} if nothing was ever applied.
   * While another thread applies, reads that begin after this returned see this commit or a later
   * one.
   */
  EngineCommit commit();

  /** What the engine holds now, as an immutable view. */
  EngineSnapshot snapshot();

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

  /**
   * Closes, with the snapshots and iterators that are left; what was applied is durable afterwards.
   * Closing again does nothing.
   */
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
