package io.tidemark.container;

import io.tidemark.api.StateException;
import io.tidemark.api.TaskName;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockDecoder.LocatedBlock;
import io.tidemark.journal.BlockReader;
import io.tidemark.state.CommittedStore;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineFiles;
import io.tidemark.state.KeyRange;
import io.tidemark.state.Slots;
import io.tidemark.state.StoreSpec;
import java.util.function.DoubleConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A store of one task as it is committed, and where that was learnt from. Confined to one thread.
 */
public final class CommittedTask implements AutoCloseable {
  private final TaskName task;
  private final CommittedStore store;
  private final Slots slots;
  private final long engineCommit;
  private final long commit;

  private CommittedTask(
      TaskName task, CommittedStore store, Slots slots, long engineCommit, long commit) {
    this.task = task;
    this.store = store;
    this.slots = slots;
    this.engineCommit = engineCommit;
    this.commit = commit;
  }

  /**
   * What is wanted of a store.
   *
   * @param range the keys that will be asked for
   * @param localOnly whether not to ask the journal for what is newer than the local state
   * @param progress told now and then which share of the journal has been read, from 0 to 1
   */
  public record Use(KeyRange range, boolean localOnly, DoubleConsumer progress) {}

  /** Where a store of a task is to be learnt from; without anything local, from the journal. */
  record Origin(
      TaskName task,
      StoreSpec store,
      @Nullable LocalTask local,
      TaskJournals journals,
      ScratchEngines scratch,
      long now) {}

  static CommittedTask open(Origin origin, Use use) {
    LocalTask local = origin.local;
    EngineFiles files = local == null ? null : local.files(origin.store);
    CommittedStore store =
        new CommittedStore(
            origin.store.name(),
            files,
            () -> origin.scratch.open(origin.task.toString(), origin.store.name()),
            use.range,
            origin.now);
    try {
      Replay replay = new Replay(origin, files == null ? EngineCommit.NONE : files.commit());
      if (!use.localOnly || local == null) {
        replay.run(store, use.progress);
      }
      return new CommittedTask(
          origin.task, store, replay.slots(), replay.engineCommit.number(), replay.number);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /** Brings a store from what an engine has to what is committed. */
  private static final class Replay {
    private final Origin origin;
    private final EngineCommit engineCommit;
    private long number;
    private Block.@Nullable Opening opening;

    Replay(Origin origin, EngineCommit engineCommit) {
      this.origin = origin;
      this.engineCommit = engineCommit;
      this.number = engineCommit.number();
    }

    void run(CommittedStore store, DoubleConsumer progress) {
      boolean fromStart = number == 0;
      BlockReader blocks =
          fromStart
              ? origin.journals.read(origin.task)
              : origin.journals.readFrom(origin.task, engineCommit.position());
      long expected = fromStart ? 1 : number;
      for (LocatedBlock next = blocks.next(); next != null; next = blocks.next()) {
        Block block = next.block();
        check(block, expected++);
        if (block.number() > number) {
          store.add(block);
          number = block.number();
        }
        if (opening == null) {
          opening = block.opening();
        }
        progress.accept(blocks.share());
      }
      if (expected <= number) {
        throw unfit("it ends before block " + number);
      }
    }

    private void check(Block block, long expected) {
      LocalTask local = origin.local;
      if (local != null && !local.identity().journalId().equals(block.journalId().toString())) {
        throw unfit("it has the id " + block.journalId());
      }
      if (block.number() != expected) {
        if (expected == 1) {
          throw new StateException(
              "TM-6009",
              String.format(
                  "the journal %s of task %s begins with block %d: the state cannot be rebuilt from"
                      + " it alone. Ask a running container (--from running), or look at the local"
                      + " directory of the stopped job (--from local)",
                  origin.journals.name(), origin.task, block.number()));
        }
        throw unfit("it has block " + block.number() + " where " + expected + " should be");
      }
    }

    private StateException unfit(String what) {
      return new StateException(
          "TM-6007",
          String.format(
              "the journal %s does not go with the local state of task %s, which is at commit %d:"
                  + " %s. See that the configuration is the job's own; --from journal or"
                  + " --local-only shows either by itself",
              origin.journals.name(), origin.task, engineCommit.number(), what));
    }

    Slots slots() {
      LocalTask local = origin.local;
      if (local != null) {
        return local.slots();
      }
      Block.Opening begun = opening;
      return begun == null
          ? new Slots(1, 1, 0) // of a task that has not committed anything yet
          : new Slots(begun.slots(), begun.tasks(), origin.task.partition());
    }
  }

  /** The task. */
  public TaskName task() {
    return task;
  }

  /** Its entries. */
  public CommittedStore store() {
    return store;
  }

  /** The slots that its keys may be in. */
  public Slots slots() {
    return slots;
  }

  /** The number of the commit that the local engine has; 0 without one. */
  public long engineCommit() {
    return engineCommit;
  }

  /** The number of the commit that the entries equal; 0 before the first. */
  public long commit() {
    return commit;
  }

  @Override
  public void close() {
    store.close();
  }
}
