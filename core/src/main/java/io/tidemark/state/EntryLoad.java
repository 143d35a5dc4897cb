package io.tidemark.state;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;

/**
 * Entries of one store whose values are read from the engine on other threads.
 *
 * <p>Invariant: a value is taken only if the engine has applied nothing since the reading began. A
 * key that was written meanwhile is either known without the engine still, or its write has been
 * applied; so no older value comes back. Confined to the task's worker, but for the reading.
 */
final class EntryLoad<K, V> {
  /** Fewer keys are not worth another thread. */
  private static final int LEAST_PART = 64;

  private static final int MOST_PARTS = 4;

  private final StoreEntries<K, V> store;
  private final TaskState state;
  private final long appliedBefore;
  private final List<Part<K, V>> parts = new ArrayList<>();

  private record Part<K, V>(
      List<CacheEntry<K, V>> entries, CompletableFuture<byte[] @Nullable []> values) {}

  /**
   * Begins to read.
   *
   * @param missing new entries, without their values
   */
  EntryLoad(StoreEntries<K, V> store, TaskState state, List<CacheEntry<K, V>> missing) {
    this.store = store;
    this.state = state;
    appliedBefore = state.appliedCommit();
    int count = Math.min(MOST_PARTS, (missing.size() + LEAST_PART - 1) / LEAST_PART);
    for (int i = 0; i < count; i++) {
      List<CacheEntry<K, V>> some =
          missing.subList(missing.size() * i / count, missing.size() * (i + 1) / count);
      parts.add(new Part<>(some, state.load(() -> store.read(some))));
    }
  }

  /**
   * Waits until all is read, and caches it.
   *
   * @return false if something could not be read; it is read again, and fails, when it is asked for
   */
  boolean finish() {
    boolean whole = true;
    for (Part<K, V> part : parts) {
      whole &= isRead(part);
    }
    for (Part<K, V> part : parts) {
      if (!part.values.isCompletedExceptionally()) {
        store.adopt(part.entries, part.values.join(), appliedBefore);
      }
    }
    return whole;
  }

  private boolean isRead(Part<K, V> part) {
    try {
      part.values.join();
      return true;
    } catch (CompletionException e) {
      return false;
    } finally {
      state.loadEnded(part.values);
    }
  }
}
