package io.tidemark.runtime;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TidemarkException;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockBuilder;
import io.tidemark.journal.BlockBuilder.EncodedBlock;
import io.tidemark.journal.BlockEncoder;
import io.tidemark.journal.JournalWriter;
import io.tidemark.system.Failpoint;
import io.tidemark.system.SystemProducer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Makes a worker's commits: the blocks of all its tasks that changed or sent anything, in one
 * transaction with what they sent.
 *
 * <p>Invariant: at most one commit is under way; the next is filled meanwhile. A block reaches its
 * task's engines only after its commit was confirmed. Confined to the worker.
 */
final class Committer {
  private final String writerName;
  private final JournalWriter writer;
  private final BlockBuilder builder = new BlockBuilder();
  private final BlockEncoder encoder;
  private final List<SystemProducer> separateProducers;
  private @Nullable Commit underWay;

  private record Commit(List<Committed> blocks, CompletableFuture<Map<Integer, Long>> ending) {}

  private record Committed(TaskRunner task, Block block) {}

  /**
   * @param separateProducers those of other systems than the journal's, which are flushed before a
   *     commit and so are at least once
   */
  Committer(
      String writerName,
      JournalWriter writer,
      BlockEncoder encoder,
      List<SystemProducer> separateProducers) {
    this.writerName = writerName;
    this.writer = writer;
    this.encoder = encoder;
    this.separateProducers = separateProducers;
  }

  /** Whether a commit was started that has not ended yet. */
  boolean isUnderWay() {
    return underWay != null && !underWay.ending.isDone();
  }

  /**
   * Starts a commit of what these tasks have done; the one under way must have ended.
   *
   * @param cut the newest cut, which each task makes that has not yet and can
   * @return whether there was anything to commit
   */
  boolean start(List<TaskRunner> tasks, long cut) {
    List<Committed> blocks = new ArrayList<>();
    for (TaskRunner task : tasks) {
      boolean settled = task.processing().settle();
      if (settled) {
        task.state().sweep();
      }
      if (settled && task.isBlockDue(cut)) {
        Failpoint.pass("commit.before-block");
        EncodedBlock block = task.buildBlock(writerName, builder, encoder, cut);
        writer.append(task.journalPartition(), block.records());
        blocks.add(new Committed(task, block.block()));
      }
    }
    if (blocks.isEmpty()) {
      return false;
    }
    Failpoint.pass("commit.after-block");
    separateProducers.forEach(SystemProducer::flush);
    Failpoint.pass("commit.after-flush");
    underWay = new Commit(blocks, writer.commit());
    return true;
  }

  /**
   * Waits for the commit under way and hands its blocks to their tasks' state.
   *
   * @return the positions it made permanent; null if there was none
   * @throws TidemarkException what it failed with
   */
  @Nullable Map<SystemStreamPartition, String> await() {
    Commit commit = underWay;
    if (commit == null) {
      return null;
    }
    Map<Integer, Long> places = await(commit.ending);
    underWay = null;
    Failpoint.pass("commit.confirmed");
    Map<SystemStreamPartition, String> positions = new LinkedHashMap<>();
    for (Committed committed : commit.blocks) {
      Long place = places.get(committed.task.journalPartition());
      committed.task.committed(committed.block, Objects.requireNonNull(place, "a place"));
      positions.putAll(committed.block.positions());
    }
    for (Committed committed : commit.blocks) {
      long place = Objects.requireNonNull(places.get(committed.task.journalPartition()));
      committed.task.tellOfCut(committed.block, place);
    }
    return positions;
  }

  /**
   * Waits for a commit of a journal writer to end.
   *
   * @throws TidemarkException what it failed with
   */
  static <T> T await(CompletableFuture<T> commit) {
    try {
      return commit.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TidemarkException known) {
        throw known;
      }
      throw new TidemarkException("TM-4006", "a commit failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TidemarkException("TM-4007", "interrupted while a commit was under way", e);
    }
  }
}
