package io.tidemark.journal;

import io.tidemark.api.SystemStreamPartition;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What one commit of a task appends to its journal. {@link BlockEncoder} and {@link BlockDecoder}
 * give its bytes; docs/formats/journal.md draws them.
 *
 * <p>Blocks of a task are numbered without gaps. A block whose generation is lower than one before
 * it in the log was written by a task that had lost its journal, and does not count; nor does an
 * opening block that is not the next by number and of a higher generation than all before it.
 *
 * @param number the commit's number, from 1
 * @param generation the number under which its owner took possession, from 1; it grows from owner
 *     to owner, and may skip numbers
 * @param timeMs the task's time when it was made, in milliseconds since 1970; never less than that
 *     of the block before
 * @param writer the name of the writer that appended it, which a successor fences
 * @param journalId made when the journal was begun; tells it from another of the same name
 * @param opening what an owner's first block says; null in all others
 * @param positions for each input, the offset up to which it was processed (that one excluded)
 * @param marks what the commit means beyond its changes
 * @param stores what changed in the stores since the commit before
 */
public record Block(
    long number,
    long generation,
    long timeMs,
    String writer,
    UUID journalId,
    @Nullable Opening opening,
    Map<SystemStreamPartition, String> positions,
    Marks marks,
    List<StoreChanges> stores) {

  /**
   * By which a new owner takes possession of a journal.
   *
   * @param tasks how many tasks the stage has; a slot belongs to the task that is slot modulo tasks
   * @param partitions how many partitions the stage's inputs have
   * @param slots how many slots the stage's keys fall into
   * @param begunFrom the number of the checkpoint that the journal was begun from; 0 if from
   *     nothing
   * @param stores what the task remembers of each store it ever had
   */
  public record Opening(
      int tasks, int partitions, int slots, long begunFrom, List<StoreIdentity> stores) {
    public Opening {
      stores = List.copyOf(stores);
    }
  }

  /**
   * What a commit means beyond its changes.
   *
   * @param cut the number of the checkpoint of which the state after this block, with its
   *     positions, is the task's part; 0 for none
   * @param lastCut the number of the last cut that the task has made, this one included; 0 for none
   * @param released whether the owner gave up the task in order: it appends nothing more to this
   *     journal, and need not be fenced
   */
  public record Marks(long cut, long lastCut, boolean released) {
    /** No marks. */
    public static final Marks NONE = new Marks(0, 0, false);
  }

  /** How many bytes of changes the block holds. */
  public long changeBytes() {
    long bytes = 0;
    for (StoreChanges changes : stores) {
      bytes += changes.bytes();
    }
    return bytes;
  }
}
