package io.tidemark.runtime;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.RestoreProgress;
import io.tidemark.journal.Block;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.StoreIdentity;
import io.tidemark.state.StateDirectory;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Where the state of a task comes from that has none on this machine. Called by restorers. */
public interface SnapshotSource {
  /** Has no snapshots. */
  SnapshotSource NONE =
      new SnapshotSource() {
        @Override
        public boolean has(TaskName task) {
          return false;
        }

        @Override
        public @Nullable Fetched fetch(
            TaskName task,
            int partition,
            StateDirectory directory,
            JournalReader journal,
            RestoreProgress.Listener listener) {
          return null;
        }
      };

  /**
   * Removes what a fetch that broke off has left in a task's directory, which is locked.
   *
   * @return whether engines' files were removed: then the directory has no state
   */
  default boolean clean(StateDirectory directory) {
    return false;
  }

  /** Whether there is a snapshot of a task. */
  boolean has(TaskName task);

  /**
   * Puts the engine files of a task's snapshot into its directory, which is locked and empty.
   *
   * @param partition the task's partition of the journal
   * @param journal reads the journal
   * @param listener is told how far it has come
   * @return what the journal would have said; null if there is no snapshot of the task
   */
  @Nullable Fetched fetch(
      TaskName task,
      int partition,
      StateDirectory directory,
      JournalReader journal,
      RestoreProgress.Listener listener);

  /**
   * A snapshot whose engine files are in place.
   *
   * @param checkpoint the number of its checkpoint
   * @param commit the number of the block that carries the cut
   * @param position where that block begins in the journal that it was taken of
   * @param journalId the id of that journal; null if a new journal is to be begun
   * @param timeMs the task's time at the cut
   * @param positions how far each input was processed
   * @param stores what the task remembers of its stores
   * @param tasks how many tasks its stage has
   * @param partitions how many partitions each of the stage's inputs has
   * @param slots how many slots the stage's keys fall into
   * @param blocks the blocks after the engines' oldest commit and up to the cut, in order
   */
  record Fetched(
      long checkpoint,
      long commit,
      long position,
      @Nullable UUID journalId,
      long timeMs,
      Map<SystemStreamPartition, String> positions,
      List<StoreIdentity> stores,
      int tasks,
      int partitions,
      int slots,
      Blocks blocks) {
    public Fetched {
      positions = Map.copyOf(positions);
      stores = List.copyOf(stores);
    }

    /** Blocks of a snapshot. Confined to one thread. */
    public interface Blocks extends AutoCloseable {
      /** Gives them in order; those that change no store may be left out. */
      void replay(Consumer<Block> action);

      /**
       * The engines have made them durable: from here on the engines' files count, once on disk.
       */
      default void keep() {}

      /** Frees what holds them. */
      @Override
      void close();
    }
  }
}
