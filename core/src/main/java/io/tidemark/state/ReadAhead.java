package io.tidemark.state;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Loads entries of one store that coming records will ask for: many in one call of the engine,
 * which costs less than a call for each, and on other threads while the records before those are
 * processed. Only if many reads had to go to the engine lately, and only as long as most of what is
 * loaded is read afterwards.
 *
 * <p>Invariant: a key is loaded only if its value is not known without the engine. Changes nothing
 * but speed; what fails here is tried again when its record comes. Confined to the task's worker.
 */
final class ReadAhead<K, V> {
  /** Fewer keys are not worth a call of their own. */
  private static final int LEAST = 8;

  /** How many keys are loaded together. */
  private static final int TOGETHER = TaskState.MOST_EXPECTED;

  /** So many that were loaded show whether such are read. */
  private static final int TELLING = 4 * TOGETHER;

  /** For how many calls nothing is loaded after what was loaded was not read. */
  private static final int PAUSE = 256;

  /** Of the cache's memory, a part that what is being read may take, until it is cached. */
  private static final int CACHE_PART = 4;

  private final StoreEntries<K, V> entries;
  private final ArrayDeque<Begun<K, V>> begun = new ArrayDeque<>();
  private long begunUpTo;
  private int missed;
  private int loaded;
  private int read;
  private long entryBytes;
  private boolean loading;
  private int pause;

  /** What is being read for the records from a place on. */
  private record Begun<K, V>(long place, List<CacheEntry<K, V>> missing, EntryLoad<K, V> load) {}

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
   * @param place of the first, in the row of all records
   */
  void next(@Nullable Object[] recordKeys, int count, long place) {
    loading |= missed >= LEAST;
    missed = 0;
    judge();
    take(place + count);
    if (pause > 0) {
      pause--;
    } else if (loading) {
      try {
        load(recordKeys, count, place);
      } catch (RuntimeException e) {
        pause = PAUSE; // said when the record comes that asks for the key
      }
    }
  }

  private void judge() {
    if (loaded >= TELLING) {
      pause = 2 * read < loaded ? PAUSE : pause;
      loaded = 0;
      read = 0;
    }
  }

  /** Takes what was begun to be loaded for records before a place. */
  private void take(long end) {
    while (!begun.isEmpty() && begun.element().place < end) {
      Begun<K, V> next = begun.remove();
      try {
        pause = next.load.finish() ? pause : PAUSE;
      } catch (RuntimeException e) {
        pause = PAUSE; // a value cannot be read: said when the record comes that asks for it
      }
      count(next.missing);
    }
  }

  /** Loads what nobody has begun to: for the next records at once, for the rest on the side. */
  private void load(@Nullable Object[] recordKeys, int count, long place) {
    int from = (int) Math.max(0, begunUpTo - place);
    int end = Math.min(recordKeys.length, count + affordable());
    if (from < end) {
      begunUpTo = place + end;
      loading = false; // unless many are missing
    }
    if (from < count) {
      loadNow(missing(Arrays.copyOfRange(recordKeys, from, count)));
      from = count;
    }
    for (; from < end; from += TOGETHER) {
      int to = Math.min(from + TOGETHER, end);
      begin(place + from, missing(Arrays.copyOfRange(recordKeys, from, to)));
    }
  }

  /** How many entries may be read before their records come, if they are as large as the last. */
  private int affordable() {
    long bytes = entries.cacheBytes() / CACHE_PART;
    return entryBytes == 0 ? 0 : (int) Math.min(Integer.MAX_VALUE / 2, bytes / entryBytes);
  }

  private void loadNow(List<CacheEntry<K, V>> missing) {
    if (missing.size() >= LEAST) {
      loading = true;
      byte[] @Nullable [] values = entries.read(missing);
      entries.adopt(missing, values, entries.appliedCommit()); // nothing was written meanwhile
      count(missing);
    }
  }

  private void begin(long place, List<CacheEntry<K, V>> missing) {
    if (missing.size() >= LEAST) {
      loading = true;
      begun.add(new Begun<>(place, missing, entries.beginLoad(missing)));
    }
  }

  private void count(List<CacheEntry<K, V>> missing) {
    int adopted = 0;
    long bytes = 0;
    for (CacheEntry<K, V> entry : missing) {
      entry.loadedAhead = entry.uses > 0; // else its key came twice, or was written
      if (entry.loadedAhead) {
        adopted++;
        bytes += entry.bytes;
      }
    }
    loaded += adopted;
    entryBytes = adopted == 0 ? entryBytes : bytes / adopted;
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
