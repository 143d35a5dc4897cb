package io.tidemark.container;

import io.tidemark.api.StateException;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.CheckpointManifest;
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
  private final Base base;
  private final long commit;

  private CommittedTask(TaskName task, CommittedStore store, Slots slots, Base base, long commit) {
    this.task = task;
    this.store = store;
    this.slots = slots;
    this.base = base;
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

  /**
   * Where a store of a task is to be learnt from; without anything local, from the journal, and
   * from checkpoints what it does not have.
   */
  record Origin(
      TaskName task,
      StoreSpec store,
      @Nullable LocalTask local,
      TaskJournals journals,
      JobCheckpoints checkpoints,
      ScratchEngines scratch,
      long now) {}

  static CommittedTask open(Origin origin, Use use) {
    LocalTask local = origin.local;
    if (local != null && (use.localOnly || local.has(origin.store))) {
      return open(origin, Base.of(local, origin.store), use, !use.localOnly);
    }
    Long first = origin.journals.first(origin.task);
    CheckpointedTask begun =
        first != null && first == 1
            ? null
            : origin.checkpoints.before(origin.journals.timeline(), origin.task, first);
    return open(origin, Base.of(begun, origin.store), use, first != null);
  }

  /** A store at a checkpoint's cut. */
  static CommittedTask open(Origin origin, CheckpointManifest checkpoint, Use use) {
    return open(
        origin, Base.of(origin.checkpoints.of(checkpoint, origin.task), origin.store), use, false);
  }

  private static CommittedTask open(Origin origin, Base base, Use use, boolean readsJournal) {
    EngineFiles files = base.files;
    CommittedStore store =
        new CommittedStore(
            origin.store.name(),
            files,
            () -> origin.scratch.open(origin.task.toString(), origin.store.name()),
            use.range,
            origin.now);
    try {
      Replay replay = new Replay(origin, base);
      replay.runToCut(store);
      if (readsJournal) {
        replay.run(store, use.progress);
      }
      return new CommittedTask(origin.task, store, replay.slots(), base, replay.number);
    } catch (RuntimeException e) {
      store.close();
      throw e;
    }
  }

  /**
   * What there is of a store before the journal is read.
   *
   * @param what names it, for people
   * @param files the engine's; null if there are none
   * @param cut the commit that it leads to, and where the journal has that
   * @param slots those of the task; null if they are not known yet
   * @param checkpoint has the blocks from the files up to the cut; null if there are none
   */
  private record Base(
      String what,
      @Nullable EngineFiles files,
      EngineCommit cut,
      @Nullable Slots slots,
      @Nullable CheckpointedTask checkpoint) {

    static Base of(LocalTask local, StoreSpec store) {
      EngineFiles files = local.files(store);
      EngineCommit commit = files == null ? EngineCommit.NONE : files.commit();
      return new Base("the local state", files, commit, local.slots(), null);
    }

    static Base of(@Nullable CheckpointedTask checkpoint, StoreSpec store) {
      return checkpoint == null
          ? new Base("", null, EngineCommit.NONE, null, null)
          : new Base(
              checkpoint.name(),
              checkpoint.files(store),
              checkpoint.cut(),
              checkpoint.slots(),
              checkpoint);
    }

    long engineCommit() {
      return files == null ? EngineCommit.NONE.number() : files.commit().number();
    }
  }

  /** Brings a store from what there is to what is committed. */
  private static final class Replay {
    private final Origin origin;
    private final Base base;
    private long number;
    private Block.@Nullable Opening opening;

    Replay(Origin origin, Base base) {
      this.origin = origin;
      this.base = base;
      this.number = base.cut.number();
    }

    /** Blocks that change no store may be left out here. */
    void runToCut(CommittedStore store) {
      CheckpointedTask checkpoint = base.checkpoint;
      if (checkpoint != null) {
        long held = base.engineCommit();
        checkpoint.replay(
            block -> {
              if (block.number() > held) {
                store.add(block);
              }
            });
      }
    }

    void run(CommittedStore store, DoubleConsumer progress) {
      boolean isWhole = number == 0 || base.cut.position() == LocalTask.BEFORE_JOURNAL;
      BlockReader blocks =
          isWhole
              ? origin.journals.read(origin.task)
              : origin.journals.readFrom(origin.task, base.cut.position());
      long expected = isWhole ? number + 1 : number;
      for (LocatedBlock next = blocks.next(); next != null; next = blocks.next()) {
        Block block = next.block();
        check(block, expected, isWhole && expected == base.cut.number() + 1);
        expected++;
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

    private void check(Block block, long expected, boolean isFirst) {
      LocalTask local = origin.local;
      if (local != null && !local.identity().journalId().equals(block.journalId().toString())) {
        throw unfit("it has the id " + block.journalId());
      }
      if (block.number() == expected) {
        return;
      }
      if (isFirst && block.number() > expected) {
        throw expected == 1 ? incomplete(block) : trimmed(block);
      }
      throw unfit("it has block " + block.number() + " where " + expected + " should be");
    }

    private StateException incomplete(Block first) {
      return new StateException(
          "TM-6009",
          String.format(
              "the journal %s of task %s begins with block %d, and no checkpoint leads there: the"
                  + " state cannot be rebuilt from it. Ask a running container (--from running),"
                  + " or look at the local directory of the stopped job (--from local)",
              origin.journals.name(), origin.task, first.number()));
    }

    private StateException trimmed(Block first) {
      return new StateException(
          "TM-3006",
          String.format(
              "the journal %s of task %s begins with block %d, and %s is at commit %d",
              origin.journals.name(), origin.task, first.number(), base.what, base.cut.number()));
    }

    private StateException unfit(String what) {
      return new StateException(
          "TM-6007",
          String.format(
              "the journal %s does not go with %s of task %s, which is at commit %d: %s. See that"
                  + " the configuration is the job's own; --from journal or --local-only shows"
                  + " either by itself",
              origin.journals.name(), base.what, origin.task, base.cut.number(), what));
    }

    Slots slots() {
      Slots known = base.slots;
      if (known != null) {
        return known;
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

  /** The number of the commit that the engine's files have; 0 without any. */
  public long engineCommit() {
    return base.engineCommit();
  }

  /** The checkpoint that it begins with, for people; null if with none. */
  public @Nullable String checkpoint() {
    return base.checkpoint == null ? null : base.checkpoint.name();
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
