package io.tidemark.state;

import io.tidemark.api.StateException;
import io.tidemark.api.TaskName;
import io.tidemark.journal.Block;
import io.tidemark.system.Failpoint;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The engines of one task, and the committed blocks that they do not have yet.
 *
 * <p>Invariant: each engine's contents equal some commit, and that commit is confirmed; the held
 * blocks are those after it, without a gap. Confined to the task's worker, except that blocks are
 * applied on another thread.
 */
final class Engines implements AutoCloseable {
  private static final int BLOCK_OVERHEAD = 64;

  private final TaskName task;
  private final TaskState.HoldingLimits limits;
  private final Executor applier;
  private final LongSupplier ticker;
  private final LongConsumer whenApplied;
  private final List<Opened> opened = new ArrayList<>();
  private List<LocatedBlock> held = new ArrayList<>();
  private List<Runnable> first = List.of();
  private long heldBytes;
  private long heldSince;
  private volatile long applied;
  private volatile boolean applying;
  private volatile long applyingBytes;
  private volatile @Nullable Throwable failure;
  private volatile long applyUpTo = Long.MAX_VALUE;

  /** An open engine, and the indexes of its stores. */
  private record Opened(String type, StorageEngine engine, Map<String, Integer> stores) {}

  private record LocatedBlock(Block block, long position) {
    long bytes() {
      return block.changeBytes() + BLOCK_OVERHEAD;
    }
  }

  /**
   * @param limits how far engines may lag
   * @param applier runs what applies blocks
   * @param ticker milliseconds that never go back
   * @param whenApplied is told the number of each commit that all engines have, on the thread that
   *     applied it
   */
  Engines(
      TaskName task,
      TaskState.HoldingLimits limits,
      Executor applier,
      LongSupplier ticker,
      LongConsumer whenApplied) {
    this.task = task;
    this.limits = limits;
    this.applier = applier;
    this.ticker = ticker;
    this.whenApplied = whenApplied;
  }

  /**
   * Takes an engine that was just opened, and will close it.
   *
   * @param stores the engine's indexes of the stores, by name
   */
  void add(String type, StorageEngine engine, Map<String, Integer> stores) {
    long commit = engine.commit().number();
    applied = opened.isEmpty() ? commit : Math.min(applied, commit);
    opened.add(new Opened(type, engine, stores));
  }

  /** The engines by type. */
  Map<String, StorageEngine> byType() {
    Map<String, StorageEngine> byType = new LinkedHashMap<>();
    opened.forEach(one -> byType.put(one.type, one.engine));
    return byType;
  }

  /** The number of the commit that all engines have. Any thread may call it. */
  long applied() {
    return applied;
  }

  /** The oldest commit that an engine holds: a replay has to start with its block. */
  EngineCommit replayFrom() {
    return oldest(StorageEngine::commit);
  }

  /** The oldest commit that an engine would hold after a crash, as far as it is known. */
  EngineCommit durableCommit() {
    return oldest(StorageEngine::durableCommit);
  }

  private EngineCommit oldest(Function<StorageEngine, EngineCommit> which) {
    EngineCommit oldest = null;
    for (Opened one : opened) {
      EngineCommit commit = which.apply(one.engine);
      if (oldest == null || commit.number() < oldest.number()) {
        oldest = commit;
      }
    }
    return oldest == null ? EngineCommit.NONE : oldest;
  }

  /** Whether there are committed blocks that nobody has begun to apply. */
  boolean areBehind() {
    return !held.isEmpty();
  }

  /** How many changes of a store wait for the engine. */
  long heldChanges(String store) {
    long changes = 0;
    for (LocatedBlock located : held) {
      for (var inStore : located.block.stores()) {
        changes += inStore.store().equals(store) ? inStore.count() : 0;
      }
    }
    return changes;
  }

  /** Takes a block that is committed. */
  void hold(Block block, long position) {
    if (held.isEmpty()) {
      heldSince = ticker.getAsLong();
    }
    LocatedBlock located = new LocatedBlock(block, position);
    held.add(located);
    heldBytes += located.bytes();
  }

  /**
   * Something is to be done before any block is applied that is held from now on; on the thread
   * that applies it. If none is, as the engines are closed before, it is not done either.
   */
  void beforeApplying(Runnable action) {
    List<Runnable> all = new ArrayList<>(first);
    all.add(action);
    first = all;
  }

  /**
   * Begins to apply held blocks if it is time. Waits if too much is held.
   *
   * @param early not to wait until it is time
   * @param urgently to wait for what is being applied
   */
  void applyIfDue(boolean early, boolean urgently) {
    throwFailure();
    if (heldBytes + applyingBytes >= limits.maxBytes() || urgently) {
      awaitApplied();
    }
    if (!applying
        && (heldBytes >= limits.applyBytes()
            || early
            || ticker.getAsLong() - heldSince >= limits.applyMs())) {
      startApplying(applier);
    }
  }

  /** Applies held blocks on the calling thread, if there are many; part of a recovery. */
  void applyHereIfMany() {
    throwFailure();
    if (heldBytes >= limits.applyBytes()) {
      applyHere();
    }
  }

  /**
   * From here on the engines equal a commit by another name: their contents came from a snapshot.
   * Nothing may be held. Not durable before {@link #drain} or {@link #flushLater}.
   */
  void rebase(EngineCommit commit) {
    for (Opened one : opened) {
      one.engine.apply(List.of(), commit);
    }
    nowApplied(commit.number());
  }

  /**
   * Makes what the engines have durable, on the thread that applies.
   *
   * @param afterwards is run there when it is
   */
  void flushLater(Runnable afterwards) {
    awaitApplied();
    startApplying(
        applier,
        () -> {
          flush();
          afterwards.run();
        });
  }

  private void flush() {
    opened.forEach(one -> one.engine.flush());
  }

  /** Applies everything held and makes it durable. */
  void drain() {
    applyUpTo = Long.MAX_VALUE;
    applyAll();
    flush();
  }

  /** Applies everything held, in memory at least. */
  void applyAll() {
    applyAll(applier);
  }

  /**
   * As {@link #applyAll}, on the calling thread; part of a recovery. The thread that applies for
   * all tasks belongs to those that run.
   */
  void applyHere() {
    applyAll(Runnable::run);
  }

  private void applyAll(Executor where) {
    awaitApplied();
    if (!held.isEmpty()) {
      startApplying(where);
      awaitApplied();
    }
  }

  /** Applies what is held if any of it changes a store, so that engines answer as of now. */
  void applyChanges() {
    if (held.stream().anyMatch(located -> !located.block.stores().isEmpty())) {
      applyHere();
    }
  }

  /**
   * From here on no engine goes past a commit, so that what it holds then can be set apart; until
   * {@link #goOn}, or until so much is held that it has to. No engine is past it yet.
   */
  void holdAt(long commit) {
    applyUpTo = Math.min(applyUpTo, commit);
  }

  /** Engines may go past that commit. Any thread may call it. */
  synchronized void goOn(long commit) {
    if (applyUpTo == commit) {
      applyUpTo = Long.MAX_VALUE;
    }
  }

  private void startApplying(Executor where) {
    boolean mayHold = heldBytes < limits.maxBytes() - limits.maxBytes() / 4;
    long upTo = mayHold ? applyUpTo : Long.MAX_VALUE;
    List<LocatedBlock> batch = held;
    held = new ArrayList<>();
    if (batch.get(batch.size() - 1).block.number() > upTo) {
      List<LocatedBlock> all = batch;
      batch = all.stream().filter(located -> located.block.number() <= upTo).toList();
      held.addAll(all.subList(batch.size(), all.size()));
    }
    heldBytes = bytes(held);
    if (!batch.isEmpty()) {
      List<LocatedBlock> those = batch;
      applyingBytes = bytes(those);
      List<Runnable> before = first;
      first = List.of();
      startApplying(
          where,
          () -> {
            before.forEach(Runnable::run);
            apply(those);
          });
    }
  }

  private static long bytes(List<LocatedBlock> blocks) {
    return blocks.stream().mapToLong(LocatedBlock::bytes).sum();
  }

  private void startApplying(Executor where, Runnable work) {
    applying = true;
    try {
      where.execute(() -> tryTo(work));
    } catch (RuntimeException | Error e) {
      applyingEnded(e);
      throw e;
    }
  }

  private void tryTo(Runnable work) {
    Throwable thrown = null;
    try {
      work.run();
    } catch (Throwable e) { // an engine that missed a batch must not get another
      thrown = e;
    }
    applyingEnded(thrown);
  }

  private synchronized void applyingEnded(@Nullable Throwable thrown) {
    failure = thrown;
    applyingBytes = 0;
    applying = false;
    notifyAll();
  }

  private void apply(List<LocatedBlock> batch) {
    LocatedBlock last = batch.get(batch.size() - 1);
    Failpoint.pass("engine.before-apply");
    for (Opened one : opened) {
      long from = one.engine.commit().number();
      List<Block> missing =
          batch.stream().map(LocatedBlock::block).filter(block -> block.number() > from).toList();
      if (!missing.isEmpty()) {
        one.engine.apply(
            new ChangeMerge(missing, one.stores),
            new EngineCommit(last.block.number(), last.position));
      }
    }
    Failpoint.pass("engine.after-apply");
    nowApplied(last.block.number());
  }

  private void nowApplied(long commit) {
    applied = commit;
    whenApplied.accept(commit);
  }

  private void awaitApplied() {
    synchronized (this) {
      try {
        while (applying) {
          wait();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new StateException(
            "TM-3013", "interrupted while the state of task " + task + " is written", e);
      }
    }
    throwFailure();
  }

  /** Throws what ended the last application, if it failed. */
  void throwFailure() {
    Throwable failed = failure;
    if (failed instanceof Error error) {
      throw error;
    } else if (failed != null) {
      throw (RuntimeException) failed;
    }
  }

  /** Closes the engines. What was not drained is replayed from the journal next time. */
  @Override
  public void close() {
    awaitAppliedUninterruptibly();
    opened.forEach(one -> one.engine.close());
    opened.clear();
  }

  private synchronized void awaitAppliedUninterruptibly() {
    boolean interrupted = false;
    while (applying) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
