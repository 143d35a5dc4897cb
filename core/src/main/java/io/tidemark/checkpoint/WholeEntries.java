package io.tidemark.checkpoint;

import io.tidemark.journal.StoreChanges;
import io.tidemark.journal.StoreIdentity;
import io.tidemark.state.Slots;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;

/** Finds the stores of a task that have entries which move with it as a whole. */
public final class WholeEntries {
  private WholeEntries() {}

  /**
   * The names of such stores: those with the scope of a task, and those with keys that some other
   * partitioner than the usual has brought to the task. Of files without digests the latter is not
   * known.
   *
   * @param blobs where the task's part of a checkpoint is
   */
  public static Set<String> stores(BlobStore blobs, TaskManifest part) {
    Set<String> stores = new TreeSet<>();
    for (StoreIdentity store : part.stores()) {
      if (store.scope().equals("task")) {
        stores.add(store.name());
      }
    }
    for (EngineManifest engine : part.engines()) {
      engine
          .digests()
          .forEach(
              (store, slots) -> {
                if (slots.containsKey(Slots.TASK_SLOT)) {
                  stores.add(store);
                }
              });
    }
    for (SegmentRef segment : part.segments()) {
      if (segment.size() > 0) {
        read(blobs, segment, stores);
      }
    }
    return stores;
  }

  private static void read(BlobStore blobs, SegmentRef segment, Set<String> stores) {
    try {
      SegmentReader.read(
          segment,
          Download.what(segment),
          blobs.open(segment.blob(), segment.offset()),
          located -> located.block().stores().forEach(changes -> look(changes, stores)));
    } catch (IOException e) {
      throw new UncheckedIOException(Download.what(segment) + ": " + e.getMessage(), e);
    }
  }

  private static void look(StoreChanges changes, Set<String> stores) {
    for (StoreChanges.Cursor change = changes.cursor(); change.next(); ) {
      int from = change.keyOffset();
      byte[] key = Arrays.copyOfRange(change.array(), from, from + change.keyLength());
      if (change.valueLength() >= 0 && Slots.slotOf(key) == Slots.TASK_SLOT) {
        stores.add(changes.store());
        return;
      }
    }
  }
}
