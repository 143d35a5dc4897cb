package io.tidemark.state;

import io.tidemark.journal.Block;
import io.tidemark.journal.StoreChanges;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The commits of a task that its engines may not have yet, for other threads to look into: a chain
 * from the newest block to the oldest, which the worker prolongs and the thread that applies cuts.
 * Neither ever waits.
 *
 * <p>Invariant: whoever walks the chain to its end has seen every block that no engine had when the
 * walk ended. For a block is in the chain before it can be applied, and is cut off only when all
 * engines have it.
 */
final class UnappliedBlocks {
  private volatile Node newest;

  /** A commit. Without a block it ends the chain, as the last one that was applied. */
  private static final class Node {
    final long number;
    volatile @Nullable Unapplied block;
    volatile @Nullable Node older;

    Node(long number, @Nullable Unapplied block, @Nullable Node older) {
      this.number = number;
      this.block = block;
      this.older = older;
    }
  }

  /** A block with an index, made by the first who looks for a key in it. Any thread may use it. */
  static final class Unapplied {
    private final Block block;
    private final Map<String, ChangeIndex> indexes = new ConcurrentHashMap<>(2);

    Unapplied(Block block) {
      this.block = block;
    }

    long number() {
      return block.number();
    }

    @Nullable StoreChanges changes(String store) {
      for (StoreChanges changes : block.stores()) {
        if (changes.store().equals(store)) {
          return changes;
        }
      }
      return null;
    }

    /** The change of a key; null if there is none. */
    StoreChanges.@Nullable Cursor find(String store, byte[] engineKey) {
      StoreChanges changes = changes(store);
      return changes == null
          ? null
          : indexes.computeIfAbsent(store, first -> new ChangeIndex(changes)).find(engineKey);
    }
  }

  /**
   * What was committed at some moment and may not be applied.
   *
   * @param commit the last commit
   * @param blocks the newest first; all before them are in the engines
   */
  record Tail(long commit, List<Unapplied> blocks) {}

  /**
   * @param applied the commit that all engines have
   */
  UnappliedBlocks(long applied) {
    newest = new Node(applied, null, null);
  }

  /** Takes the next commit. Called by the worker. */
  void add(Block block) {
    newest = new Node(block.number(), new Unapplied(block), newest);
  }

  /** All engines have this commit and those before. Called by the thread that applies. */
  void applied(long number) {
    Node node = newest;
    while (node != null && node.number > number) {
      node = node.older;
    }
    if (node != null) {
      node.block = null;
      node.older = null;
    }
  }

  /** What is committed now. Any thread may call it, and look into an engine afterwards. */
  Tail tail() {
    Node head = newest;
    List<Unapplied> blocks = new ArrayList<>();
    for (Node node = head; node != null; node = node.older) {
      Unapplied block = node.block;
      if (block == null) {
        break;
      }
      blocks.add(block);
    }
    return new Tail(head.number, blocks);
  }
}
