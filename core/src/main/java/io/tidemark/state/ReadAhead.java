package io.tidemark.state;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Loads entries of one store that coming records will ask for: many in one call of the engine,
 * which costs less than a call for each, and on another thread while the records before those are
 * processed. Only if many reads had to go to the engine lately, and only as long as most of what is
 * loaded is read afterwards.
 *
 * <p>Invariant: a key is loaded only if its value is not known without the engine, and what another
 * thread has read is taken only if the engine has applied nothing since that began. So a key that
 * was written meanwhile is still known to have been. Changes nothing but speed; what fails here is
 * tried again when its record comes. Confined to the task's worker, but for the reading.
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
  private @Nullable Load<K, V> underWay;

  /** What is read on another thread; {@code applied} is the commit the engine had before. */
  private record Load<K, V>(
      List<CacheEntry<K, V>> missing,
      long applied,
      CompletableFuture<byte[] @Nullable []> values) {}

  ReadAhead(StoreEntries<K, V> entries) {
    this.entries = entries;
  }

  /** Whether it is worthwhile to know the keys of more records than come next. */
  boolean isLoading() {
    return loading && pause == 0;
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
   * @param count how many of them come next; the rest come after those
   */
  void next(@Nullable Object[] recordKeys, int count) {
    loading |= missed >= LEAST;
    missed = 0;
    judge();
    boolean wasBegun = take();
    if (pause > 0) {
      pause--;
    } else if (loading) {
      loading = wasBegun && count == recordKeys.length; // nothing says that it is over
      try {
        if (!wasBegun) {
          load(missing(Arrays.copyOf(recordKeys, count)));
        }
        begin(missing(Arrays.copyOfRange(recordKeys, count, recordKeys.length)));
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

  /** Takes what was begun to be loaded for the next records; returns whether anything was. */
  private boolean take() {
    Load<K, V> load = underWay;
    underWay = null;
    if (load != null) {
      try {
        adopt(load.missing, entries.await(load.values), load.applied);
      } catch (RuntimeException e) {
        pause = PAUSE;
      }
    }
    return load != null;
  }

  private void load(List<CacheEntry<K, V>> missing) {
    if (missing.size() >= LEAST) {
      loading = true;
      byte[] @Nullable [] values = entries.read(missing);
      adopt(missing, values, entries.appliedCommit()); // nothing can have been written meanwhile
    }
  }

  private void begin(List<CacheEntry<K, V>> missing) {
    if (missing.size() >= LEAST) {
      loading = true;
      underWay = new Load<>(missing, entries.appliedCommit(), entries.readBeside(missing));
    }
  }

  private void adopt(List<CacheEntry<K, V>> missing, byte[] @Nullable [] values, long applied) {
    entries.adopt(missing, values, applied);
    for (CacheEntry<K, V> entry : missing) {
      entry.loadedAhead = entry.uses > 0; // else its key came twice, or was written
      loaded += entry.loadedAhead ? 1 : 0;
    }
  }

  @SuppressWarnings("unchecked") // what is of another type cannot be serialized
  private List<CacheEntry<K, V>> missing(@Nullable Object[] recordKeys) {
    List<CacheEntry<K, V>> missing = new ArrayList<>(recordKeys.length);
    for (Object key : recordKeys) {
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
