package io.tidemark.checkpoint;

import io.tidemark.api.TaskName;
import io.tidemark.api.TidemarkException;
import io.tidemark.checkpoint.RestoredTask.Engine;
import io.tidemark.checkpoint.Verifier.Scratch;
import io.tidemark.state.EngineIterator;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Tells by what the stores of two checkpoints of a job differ. Tasks whose parts name the same
 * files and segments are the same and are not read; those of others are restored, and their entries
 * are walked over side by side, in the order of keys. Confined to one thread.
 */
public final class Difference {
  private final BlobStore blobs;
  private final Scratch scratch;
  private final Listener listener;
  private final TreeMap<String, Counts> stores = new TreeMap<>();

  /**
   * @param listener told of every key that differs
   */
  public Difference(BlobStore blobs, Scratch scratch, Listener listener) {
    this.blobs = blobs;
    this.scratch = scratch;
    this.listener = listener;
  }

  /** How an entry differs. */
  public enum Kind {
    /** It is in the first checkpoint only. */
    ONLY_IN_FIRST,
    /** It is in the second checkpoint only. */
    ONLY_IN_SECOND,
    /** Its values differ. */
    CHANGED
  }

  /** Is told of keys; those of a task's store come in order. */
  public interface Listener {
    /**
     * An entry differs.
     *
     * @param engineKey the key as engines hold it: its slot and what the serde wrote
     */
    void differs(TaskName task, String store, Kind kind, byte[] engineKey);
  }

  /**
   * How much differs in a store, over all tasks. Bytes are those of keys and values as stored.
   *
   * @param same entries that are the same in both
   * @param onlyInFirst entries that the first checkpoint alone has
   * @param bytesOnlyInFirst their bytes
   * @param onlyInSecond entries that the second alone has
   * @param bytesOnlyInSecond their bytes
   * @param changed entries whose values differ
   * @param bytesChanged their bytes in the second
   */
  public record Counts(
      long same,
      long onlyInFirst,
      long bytesOnlyInFirst,
      long onlyInSecond,
      long bytesOnlyInSecond,
      long changed,
      long bytesChanged) {
    static final Counts NONE = new Counts(0, 0, 0, 0, 0, 0, 0);

    Counts plus(Kind kind, long bytes) {
      return switch (kind) {
        case ONLY_IN_FIRST ->
            new Counts(
                same,
                onlyInFirst + 1,
                bytesOnlyInFirst + bytes,
                onlyInSecond,
                bytesOnlyInSecond,
                changed,
                bytesChanged);
        case ONLY_IN_SECOND ->
            new Counts(
                same,
                onlyInFirst,
                bytesOnlyInFirst,
                onlyInSecond + 1,
                bytesOnlyInSecond + bytes,
                changed,
                bytesChanged);
        case CHANGED ->
            new Counts(
                same,
                onlyInFirst,
                bytesOnlyInFirst,
                onlyInSecond,
                bytesOnlyInSecond,
                changed + 1,
                bytesChanged + bytes);
      };
    }

    /** Whether nothing differs. */
    public boolean isNone() {
      return onlyInFirst == 0 && onlyInSecond == 0 && changed == 0;
    }
  }

  /**
   * Compares two checkpoints.
   *
   * @return for each store of a stage ({@code stage/store}) how much differs. Entries of tasks that
   *     are the same without being read are not counted as same
   * @throws TidemarkException (TM-8236) if a stage has other numbers of tasks in them
   * @throws io.tidemark.api.CheckpointVerificationException if one of them is damaged
   */
  public Map<String, Counts> of(CheckpointManifest first, CheckpointManifest second) {
    Map<TaskName, TaskManifest> left = byName(first);
    Map<TaskName, TaskManifest> right = byName(second);
    TreeSet<TaskName> names = new TreeSet<>(left.keySet());
    names.addAll(right.keySet());
    for (TaskName name : names) {
      compare(name, left.get(name), right.get(name));
    }
    return Map.copyOf(stores);
  }

  private static Map<TaskName, TaskManifest> byName(CheckpointManifest manifest) {
    Map<TaskName, TaskManifest> tasks = new HashMap<>();
    manifest.tasks().forEach(task -> tasks.put(task.task(), task));
    return tasks;
  }

  private void compare(TaskName name, @Nullable TaskManifest first, @Nullable TaskManifest second) {
    if (first == null || second == null || first.tasks() != second.tasks()) {
      throw new TidemarkException(
          "TM-8236",
          String.format(
              "the checkpoints cannot be compared: the stage %s has %s tasks in the first and %s in"
                  + " the second. Compare checkpoints between which it was not divided anew",
              name.stage(),
              first == null ? "fewer" : first.tasks(),
              second == null ? "fewer" : second.tasks()));
    }
    first.stores().forEach(store -> count(name, store.name()));
    second.stores().forEach(store -> count(name, store.name()));
    if (isSame(first, second)) {
      return;
    }
    try (RestoredTask left = RestoredTask.open(blobs, first, scratch);
        RestoredTask right = RestoredTask.open(blobs, second, scratch)) {
      left.replay(first.commit());
      right.replay(second.commit());
      TreeSet<String> known = new TreeSet<>(names(left));
      known.addAll(names(right));
      known.forEach(store -> compare(name, store, left, right));
    }
  }

  private void count(TaskName task, String store) {
    stores.putIfAbsent(task.stage() + "/" + store, Counts.NONE);
  }

  private static boolean isSame(TaskManifest first, TaskManifest second) {
    return contents(first).equals(contents(second))
        && hashes(first.segments()).equals(hashes(second.segments()));
  }

  private static List<String> contents(TaskManifest task) {
    return task.engines().stream()
        .map(
            engine ->
                engine.type()
                    + engine.commit()
                    + engine.files().stream()
                        .map(file -> file.name() + file.sha256())
                        .sorted()
                        .toList())
        .sorted()
        .toList();
  }

  private static List<String> hashes(List<SegmentRef> segments) {
    return segments.stream().filter(segment -> segment.size() > 0).map(SegmentRef::sha256).toList();
  }

  private static List<String> names(RestoredTask task) {
    return task.engines().stream().flatMap(engine -> engine.stores().stream()).toList();
  }

  private void compare(TaskName task, String store, RestoredTask left, RestoredTask right) {
    try (Side first = Side.of(left, store);
        Side second = Side.of(right, store)) {
      while (first.isThere() || second.isThere()) {
        int order = first.compareTo(second);
        if (order < 0) {
          tell(task, store, Kind.ONLY_IN_FIRST, first);
        } else if (order > 0) {
          tell(task, store, Kind.ONLY_IN_SECOND, second);
        } else if (first.hasTheSameValue(second)) {
          stores.compute(task.stage() + "/" + store, (name, counts) -> oneMoreSame(counts));
        } else {
          tell(task, store, Kind.CHANGED, second);
        }
        if (order <= 0) {
          first.next();
        }
        if (order >= 0) {
          second.next();
        }
      }
    }
  }

  private static Counts oneMoreSame(@Nullable Counts counts) {
    Counts before = counts == null ? Counts.NONE : counts;
    return new Counts(
        before.same + 1,
        before.onlyInFirst,
        before.bytesOnlyInFirst,
        before.onlyInSecond,
        before.bytesOnlyInSecond,
        before.changed,
        before.bytesChanged);
  }

  private void tell(TaskName task, String store, Kind kind, Side side) {
    listener.differs(task, store, kind, side.key);
    stores.compute(
        task.stage() + "/" + store,
        (name, counts) ->
            (counts == null ? Counts.NONE : counts)
                .plus(kind, side.key.length + side.value().length));
  }

  /** The entries of a store in one of the checkpoints; none if it has no such store. */
  private static final class Side implements AutoCloseable {
    private final @Nullable EngineIterator entries;
    private byte[] key = new byte[0];

    private Side(@Nullable EngineIterator entries) {
      this.entries = entries;
      read();
    }

    static Side of(RestoredTask task, String store) {
      for (Engine engine : task.engines()) {
        int index = engine.stores().indexOf(store);
        if (index >= 0) {
          return new Side(engine.engine().scan(index, new byte[0], null));
        }
      }
      return new Side(null);
    }

    boolean isThere() {
      return entries != null && entries.valid();
    }

    void next() {
      if (entries != null) {
        entries.next();
      }
      read();
    }

    private void read() {
      key = entries != null && entries.valid() ? entries.key() : new byte[0];
    }

    byte[] value() {
      return entries == null ? new byte[0] : entries.value();
    }

    int compareTo(Side other) {
      if (isThere() && other.isThere()) {
        return Arrays.compareUnsigned(key, other.key);
      }
      return isThere() ? -1 : 1;
    }

    boolean hasTheSameValue(Side other) {
      return Arrays.equals(value(), other.value());
    }

    @Override
    public void close() {
      if (entries != null) {
        entries.close();
      }
    }
  }
}
