package io.tidemark.state;

import io.tidemark.api.StateException;
import io.tidemark.api.TaskName;
import io.tidemark.journal.Block;
import io.tidemark.journal.StoreChanges;
import io.tidemark.state.EngineReader.Direction;
import io.tidemark.state.UnappliedBlocks.Tail;
import io.tidemark.state.UnappliedBlocks.Unapplied;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What a task has committed, as bytes: its engines, and over them the blocks that they have not
 * applied yet. Any thread may read it while the task runs; the worker does not wait for readers,
 * but for those that are in the middle of a read when the task closes.
 *
 * <p>Invariant: an answer is exactly the state at the commit that it names, and whoever asks again
 * hears of the same commit or a later one. To that end a read takes the unapplied blocks first and
 * looks into the engine afterwards: the engine may have moved on meanwhile, never back.
 */
public final class CommittedState {
  /** The code of the error that the task is closed, here and for now. */
  public static final String CLOSED = "TM-7001";

  private final TaskName task;
  private final Slots slots;
  private final Map<String, Source> sources;
  private final UnappliedBlocks unapplied;
  private final ReadWriteLock guard = new ReentrantReadWriteLock();
  private final Set<CommittedRange> ranges = ConcurrentHashMap.newKeySet();
  private boolean closed;

  /** Where a store's bytes are, and whether its entries go by slot. */
  record Source(StorageEngine engine, int store, boolean splittable) {}

  /**
   * A key to look for.
   *
   * @param bytes as the store's serde writes it
   * @param partitioningKey what decides its slot; the same bytes unless the store has a {@link
   *     io.tidemark.api.PartitioningKey}
   */
  @SuppressWarnings("ArrayRecordComponent") // the bytes are handed over, never compared
  public record Key(byte[] bytes, byte[] partitioningKey) {}

  /**
   * What stands under a key.
   *
   * @param payload what the store's serde wrote
   * @param schema the number of the schema that it was written with
   * @param expires when it expires, in milliseconds since 1970; {@link StoredValue#NEVER}
   */
  @SuppressWarnings("ArrayRecordComponent") // the bytes are handed over, never compared
  public record Value(byte[] payload, int schema, long expires) {
    static @Nullable Value of(byte @Nullable [] stored, long nowMs) {
      return stored == null || StoredValue.expires(stored) <= nowMs
          ? null
          : new Value(
              StoredValue.payload(stored), StoredValue.schema(stored), StoredValue.expires(stored));
    }
  }

  /**
   * The values of several keys at one commit.
   *
   * @param commit its number
   * @param values in the order of the keys; null where there is none, or none any more
   */
  public record Answer(long commit, List<@Nullable Value> values) {}

  /**
   * @param applied the commit that all engines have
   */
  CommittedState(TaskName task, Slots slots, Map<String, Source> sources, long applied) {
    this.task = task;
    this.slots = slots;
    this.sources = sources;
    this.unapplied = new UnappliedBlocks(applied);
  }

  /** The next commit is confirmed. Called by the worker. */
  void committed(Block block) {
    unapplied.add(block);
  }

  /** All engines have this commit. Called by the thread that applies. */
  void applied(long commit) {
    unapplied.applied(commit);
  }

  /** The task. */
  public TaskName task() {
    return task;
  }

  /** How many slots the job's keys fall into. */
  public int slots() {
    return slots.count();
  }

  /**
   * The values of some keys, all at one commit.
   *
   * @param nowMs milliseconds since 1970; what has expired by then is not there
   * @throws StateException (TM-7001) if the task has closed
   */
  public Answer getAll(String store, List<Key> keys, long nowMs) {
    return whileOpen(() -> read(store, keys, nowMs));
  }

  private Answer read(String store, List<Key> keys, long nowMs) {
    Source source = source(store);
    byte[][] engineKeys = keys.stream().map(key -> engineKey(source, key)).toArray(byte[][]::new);
    Tail tail = unapplied.tail();
    byte[] @Nullable [] stored = new byte[keys.size()][];
    int[] missing = fromBlocks(tail.blocks(), store, engineKeys, stored);
    if (missing.length == 0) {
      return answer(tail.commit(), stored, nowMs);
    }
    try (EngineSnapshot snapshot = source.engine.snapshot()) {
      long commit = snapshot.commit().number();
      if (commit > tail.commit()) { // it has all that the blocks said, and more
        return answer(commit, fromEngine(snapshot, source, engineKeys), nowMs);
      }
      byte[][] rest = Arrays.stream(missing).mapToObj(i -> engineKeys[i]).toArray(byte[][]::new);
      byte[] @Nullable [] found = fromEngine(snapshot, source, rest);
      for (int i = 0; i < missing.length; i++) {
        stored[missing[i]] = found[i];
      }
      return answer(tail.commit(), stored, nowMs);
    }
  }

  /** Fills in what the blocks say; returns the indexes of keys of which they say nothing. */
  private static int[] fromBlocks(
      List<Unapplied> blocks, String store, byte[][] engineKeys, byte[] @Nullable [] stored) {
    int[] missing = new int[engineKeys.length];
    int count = 0;
    for (int i = 0; i < engineKeys.length; i++) {
      StoreChanges.Cursor change = newest(blocks, store, engineKeys[i]);
      if (change == null) {
        missing[count++] = i;
      } else if (change.valueLength() >= 0) {
        stored[i] =
            Arrays.copyOfRange(
                change.array(), change.valueOffset(), change.valueOffset() + change.valueLength());
      }
    }
    return Arrays.copyOf(missing, count);
  }

  private static StoreChanges.@Nullable Cursor newest(
      List<Unapplied> blocks, String store, byte[] engineKey) {
    for (Unapplied block : blocks) {
      StoreChanges.Cursor change = block.find(store, engineKey);
      if (change != null) {
        return change;
      }
    }
    return null;
  }

  private static byte[] @Nullable [] fromEngine(
      EngineSnapshot snapshot, Source source, byte[][] engineKeys) {
    return Objects.requireNonNull(snapshot.getAll(source.store, engineKeys));
  }

  private static Answer answer(long commit, byte[] @Nullable [] stored, long nowMs) {
    List<@Nullable Value> values = new ArrayList<>(stored.length);
    for (byte @Nullable [] value : stored) {
      values.add(Value.of(value, nowMs));
    }
    return new Answer(commit, Collections.unmodifiableList(values));
  }

  private byte[] engineKey(Source source, Key key) {
    int slot = source.splittable ? slots.of(key.partitioningKey) : Slots.TASK_SLOT;
    return Slots.engineKey(slot, key.bytes);
  }

  /**
   * The entries of a range at one commit. The caller closes it; until then the engine keeps what it
   * needs for that commit.
   *
   * @param nowMs milliseconds since 1970; what has expired by then is not there
   * @throws StateException (TM-7001) if the task has closed
   */
  public CommittedRange range(String store, KeyRange range, Direction direction, long nowMs) {
    return whileOpen(
        () -> {
          Source source = source(store);
          int[] in = source.splittable ? slots.all() : new int[] {Slots.TASK_SLOT};
          Tail tail = unapplied.tail();
          EngineSnapshot snapshot = source.engine.snapshot();
          CommittedRange opened =
              CommittedRange.open(
                  this,
                  new CommittedRange.Scope(store, source.store, in, range, direction, nowMs),
                  tail,
                  snapshot);
          ranges.add(opened);
          return opened;
        });
  }

  void rangeClosed(CommittedRange range) {
    ranges.remove(range);
  }

  private Source source(String store) {
    return Objects.requireNonNull(
        sources.get(store), () -> "task " + task + " has no store " + store);
  }

  /** Reads; the engines stay open meanwhile. */
  <T> T whileOpen(Supplier<T> read) {
    guard.readLock().lock();
    try {
      if (closed) {
        throw new StateException(
            CLOSED,
            "task "
                + task
                + " has been closed while its state was read; ask again, the task will be opened"
                + " here or elsewhere");
      }
      return read.get();
    } finally {
      guard.readLock().unlock();
    }
  }

  /** Runs something unless closed; the engines stay open meanwhile. */
  void ifOpen(Runnable action) {
    guard.readLock().lock();
    try {
      if (!closed) {
        action.run();
      }
    } finally {
      guard.readLock().unlock();
    }
  }

  /** Lets nobody read any more, and returns when nobody does. */
  void close() {
    guard.writeLock().lock();
    try {
      closed = true;
      ranges.forEach(CommittedRange::release);
      ranges.clear();
    } finally {
      guard.writeLock().unlock();
    }
  }
}
