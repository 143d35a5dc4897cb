package io.tidemark.state;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Keeps the bytes of a task's stores.
 *
 * <p>Invariant: the contents of all stores together always equal the task's state at {@link
 * #commit}, also after the process was killed at any moment: {@link #apply} is atomic over all
 * stores, and what it applied may be lost by a crash (there is no write-ahead log), but only from
 * the end and whole.
 *
 * <p>Threads: {@code apply}, {@code flush}, {@code retain} and {@code addAll} are called by one
 * thread at a time, reads, {@code snapshot} and {@code freeze} by any at the same time. {@code
 * close} waits for the calls under way; all later ones but {@code commit} and {@code close} throw
 * {@link IllegalStateException}.
 */
public interface StorageEngine extends EngineReader, AutoCloseable {

  /**
   * The commit that the contents equal; {@link EngineCommit#NONE} if nothing was ever applied.
   * While another thread applies, reads that begin after this returned see this commit or a later
   * one.
   */
  EngineCommit commit();

  /**
   * A commit that is held even after a crash, as far as it is known: the journal must be kept from
   * there on, or local state is of no use then. The same as {@link #commit} of engines that a crash
   * leaves nothing of. Any thread may call it.
   */
  default EngineCommit durableCommit() {
    return commit();
  }

  /** What the engine holds now, as an immutable view. */
  EngineSnapshot snapshot();

  /**
   * Applies changes and moves to another commit, atomically.
   *
   * @param changes at most one per key, in the order of stores and keys; they may be asked for more
   *     than once, and only until this returns
   * @param commit the commit that the contents equal afterwards
   */
  void apply(Iterable<Change> changes, EngineCommit commit);

  /** Makes everything applied survive a crash of the machine. */
  void flush();

  /**
   * Sets apart what the engine has in files, as of some commit: immutable files are linked, not
   * copied. Waits for nothing that is only in memory, unless that is more than the caller wants to
   * read from the journal instead. Whatever is applied meanwhile or later changes nothing there.
   *
   * @param into an empty directory on the same file system as the engine's own. It can be the
   *     directory of {@link EngineFactory#open} or {@link EngineFactory#openFiles} afterwards
   * @param mostUnflushed if more bytes than this are only in memory, they are flushed first
   * @return the commit that the files equal, which may be before {@link #commit}, or after what it
   *     was when the call began
   * @throws io.tidemark.api.StateException (TM-3004) if the files cannot be written
   */
  default EngineCommit freeze(Path into, long mostUnflushed) {
    throw new UnsupportedOperationException("an engine without files has nothing to set apart");
  }

  /**
   * Removes all entries but those of some slots, without rewriting what stays. The commit remains
   * the same. Durable when it returns.
   *
   * @param slots says for each from 0 to {@link Slots#TASK_SLOT} whether its entries stay
   */
  default void retain(IntPredicate slots) {
    throw new UnsupportedOperationException("an engine without slots has none to retain");
  }

  /**
   * Adds entries of another task's engine to a store that has none of their slots. The commit
   * remains the same; a crash on the way may leave some of them.
   *
   * @param store the store that gets them
   * @param from where they are
   * @param fromStore the store's index there
   * @param slots says of which slots
   */
  default void addAll(int store, EngineReader from, int fromStore, IntPredicate slots) {
    int batchBytes = 8 << 20;
    List<Change> batch = new ArrayList<>();
    long bytes = 0;
    try (EngineIterator entries = from.scan(fromStore, new byte[0], null)) {
      for (; entries.valid(); entries.next()) {
        byte[] key = entries.key();
        if (slots.test(Slots.slotOf(key))) {
          byte[] value = entries.value();
          batch.add(new Change(store, key, value));
          bytes += key.length + value.length;
        }
        if (bytes > batchBytes) {
          apply(batch, commit());
          batch = new ArrayList<>();
          bytes = 0;
        }
      }
    }
    apply(batch, commit());
  }

  /** About how many entries a store has. */
  long approximateEntries(int store);

  /**
   * Closes, with the snapshots and iterators that are left; what was applied is durable afterwards.
   * Closing again does nothing.
   */
  @Override
  void close();
}
