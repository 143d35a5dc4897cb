package io.tidemark.state;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Loads entries of one store that the coming records will ask for, all in one call of the engine,
 * which costs less than a call for each. Only if many reads had to go to the engine lately, and
 * only as long as most of what is loaded is read afterwards.
 *
 * <p>Invariant: a key is loaded only if it is not cached, on the thread that alone writes, so what
 * the engine has is its value. Changes nothing but speed; what fails here is tried again when its
 * record comes. Confined to the task's worker.
 */
final class ReadAhead<K, V> {
  /** Fewer keys are not worth a call of their own. */
  private static final int LEAST = 8;

  /** For how many calls nothing is loaded after what was loaded was not read. */
  private static final int PAUSE = 256;

  private final StoreEntries<K, V> entries;
  private int missed;
  private int loaded;
  private int read;
  private boolean loading;
  private int pause;

  ReadAhead(StoreEntries<K, V> entries) {
    this.entries = entries;
  }

  /** A read went to the engine by itself. */
  void missed() {
    missed++;
  }

  /** An entry that was loaded here is read, and now counts as if it had been loaded for that. */
  void read(CacheEntry<K, V> entry) {
    entry.loadedAhead = false;
    entry.uses = 0;
    read++;
  }

  /**
   * The next records have these keys, and the store was lately asked for the value of one's.
   *
   * @param recordKeys null for a record that has none
   * @param count how many there are
   */
  void next(@Nullable Object[] recordKeys, int count) {
    loading |= missed >= LEAST;
    missed = 0;
    judge();
    if (pause > 0) {
      pause--;
    } else if (loading) {
      loading = false;
      try {
        load(recordKeys, count);
      } catch (RuntimeException e) {
        pause = PAUSE; // said when the record comes that asks for the key
      }
    }
  }

  private void judge() {
    if (2 * read < loaded) {
      pause = PAUSE;
    }
    loaded = 0;
    read = 0;
  }

  private void load(@Nullable Object[] recordKeys, int count) {
    List<CacheEntry<K, V>> missing = missing(recordKeys, count);
    if (missing.size() >= LEAST) {
      loading = true;
      byte[] @Nullable [] values = entries.read(missing);
      entries.adopt(missing, values, entries.appliedCommit());
      for (CacheEntry<K, V> entry : missing) {
        entry.loadedAhead = entry.uses > 0; // else its key came twice
        loaded += entry.loadedAhead ? 1 : 0;
      }
    }
  }

  @SuppressWarnings("unchecked") // what is of another type cannot be serialized
  private List<CacheEntry<K, V>> missing(@Nullable Object[] recordKeys, int count) {
    List<CacheEntry<K, V>> missing = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Object key = recordKeys[i];
      if (key != null && !entries.isCached(key)) {
        CacheEntry<K, V> entry = entries.missing((K) key);
        if (entry != null) {
          missing.add(entry);
        }
      }
    }
    return missing;
  }
}
