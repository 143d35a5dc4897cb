package io.tidemark.runtime;

import io.tidemark.api.StateException;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockDecoder.LocatedBlock;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.StoreIdentity;
import io.tidemark.state.StateDirectory;
import io.tidemark.state.StoreIdentities;
import io.tidemark.state.TaskState;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A task whose engines are open, and what is known of its journal. Whoever reads the journal on has
 * it for that time: a restorer, then the worker that takes possession.
 */
final class RestoredTask {
  final TaskSpec spec;
  final StateDirectory directory;
  final TaskJournal journal;
  final Block.Opening opening;
  final TaskState state;
  private final WorkerSpec worker;
  private final BooleanSupplier stopped;

  /** What the journal's last opening block says of the stores; null as long as that is unknown. */
  private @Nullable List<StoreIdentity> stores;

  UUID journalId;

  /** Whether the directory says whose it is, or will before an engine gets anything. */
  boolean claimed;

  /** The number of the last block by a writer of this worker's name. */
  long ownNumber;

  /** The number of the last block whose writer was considered for fencing. */
  long fencedNumber;

  /** The generation under which the worker wants it; 0 for the next one. */
  long wantedGeneration;

  /** Why this worker may not have it; nothing was written then. */
  @Nullable RuntimeException refusal;

  /** Whether this worker has taken possession. */
  boolean mine;

  Map<SystemStreamPartition, String> positions = Map.of();

  /**
   * @param opening the next opening block's content, but for the stores
   * @param stopped whether reading is to end early
   */
  RestoredTask(
      WorkerSpec worker,
      TaskSpec spec,
      StateDirectory directory,
      TaskJournal journal,
      UUID journalId,
      Block.Opening opening,
      TaskState state,
      BooleanSupplier stopped) {
    this.worker = worker;
    this.spec = spec;
    this.directory = directory;
    this.journal = journal;
    this.journalId = journalId;
    this.opening = opening;
    this.state = state;
    this.stopped = stopped;
  }

  /** The task is given up while its journal is read. */
  static final class Stopped extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Stopped() {
      super("the task is no longer wanted", null, false, false);
    }
  }

  /** Says whose the directory is. */
  void claim() {
    directory.claim(identity());
    claimed = true;
  }

  private StateDirectory.Identity identity() {
    return new StateDirectory.Identity(
        worker.job(),
        spec.name().toString(),
        worker.journalName(),
        journalId.toString(),
        opening.partitions(),
        opening.slots());
  }

  /** Takes what the directory keeps of the stores. */
  void takeKept() {
    Block kept = directory.opening();
    if (kept != null && kept.journalId().equals(journalId)) {
      stores = Objects.requireNonNull(kept.opening()).stores();
    }
  }

  /** Takes what a snapshot says of the stores. */
  void takeStores(List<StoreIdentity> identities) {
    stores = identities;
  }

  /** Whether it is known what the stores are. */
  boolean knowsStores() {
    return stores != null;
  }

  List<StoreIdentity> remembered() {
    return Objects.requireNonNullElse(stores, List.of());
  }

  /**
   * Reads the journal on, up to now.
   *
   * @return whether any block came
   */
  boolean readOn(JournalReader reader, boolean restoring) {
    return readOn(reader, reader.end(journal.partition()), 0, restoring);
  }

  /**
   * Reads the journal on.
   *
   * @param end where it ends now
   * @param known the commit that the engines have; what is before is only looked at
   * @param restoring whether another thread than the worker's does it
   */
  boolean readOn(JournalReader reader, long end, long known, boolean restoring) {
    return journal.readOn(
        reader,
        end,
        located -> {
          if (stopped.getAsBoolean()) {
            throw new Stopped();
          }
          Block block = located.block();
          adoptIfNew(block);
          if (!block.journalId().equals(journalId)) {
            throw journal.foreign(journalId, block.journalId());
          }
          if (block.writer().equals(worker.name())) {
            ownNumber = block.number();
          }
          keepOpening(block);
          take(located, known, restoring);
        });
  }

  /** The worker's opening block is in the journal, right behind what was read of it. */
  void appended(LocatedBlock located) {
    journal.appended(located.block());
    journal.confirmed(located.block().number(), located.position());
    ownNumber = located.block().number();
    adoptIfNew(located.block());
    keepOpening(located.block());
    take(located, 0, false);
  }

  private void take(LocatedBlock located, long known, boolean restoring) {
    if (located.block().number() <= known) {
      state.seen(located.block());
      return;
    }
    state.committed(located.block(), located.position());
    if (restoring) {
      state.maintainRestoring();
    } else {
      state.maintain();
    }
  }

  /**
   * Must come before the block is given to the state: it is kept before the engines get it, or
   * anything that came after it. That is done by whoever applies it, since to force files to disk
   * takes long, and the worker's thread has many tasks.
   */
  private void keepOpening(Block block) {
    Block.Opening said = block.opening();
    if (said != null && !said.stores().equals(stores)) {
      state.beforeApplying(() -> directory.keepOpening(block));
      stores = said.stores();
    }
  }

  private void adoptIfNew(Block block) {
    if (!claimed) {
      adopt(block);
    }
  }

  /**
   * The journal had no block when the task was opened, and this is the first: this worker's or that
   * of another who wanted to begin it too. Until then nobody could say whose the local state is. If
   * the process ends before the engines get the block, nobody has said so, and they have nothing
   * that the journal, or the snapshot that it was begun after, does not have.
   */
  private void adopt(Block first) {
    Block.Opening begun = first.opening();
    if (begun == null
        || begun.slots() != opening.slots()
        || begun.begunFrom() != opening.begunFrom()) {
      throw journal.gap("was begun in another way, with block " + first.number());
    }
    journalId = first.journalId();
    StateDirectory.Identity owner = identity();
    state.beforeApplying(() -> directory.begin(first, owner));
    stores = begun.stores();
    claimed = true;
  }

  /**
   * The next opening block's content.
   *
   * @throws StateException (TM-3015) if a store would be another than it was
   */
  Block.Opening nextOpening() {
    return new Block.Opening(
        opening.tasks(),
        opening.partitions(),
        opening.slots(),
        opening.begunFrom(),
        StoreIdentities.opened(spec.name().toString(), remembered(), spec.stores()));
  }
}
