package io.tidemark.state;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Goes through a store's entries in the engine, from one end to the other: those whose time is over
 * are removed, those of former schemas are written anew, by the next commit as any other entry.
 * Reads do not depend on either. Confined to the task's worker.
 *
 * <p>As a rule that happens in the background, some before each commit. A pass that found nothing
 * that will ever have to be done, also not on its way to the engine, is the last, until an entry is
 * written that expires.
 */
public final class Sweep {
  private static final Logger LOG = LoggerFactory.getLogger(Sweep.class);

  private static final long BACKGROUND_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final long BACKGROUND_BYTES = 2 << 20;
  private static final long EAGER_BYTES = 8 << 20;

  /** What a change takes beside its value, in memory and in the block. */
  private static final int BYTES_PER_CHANGE = 1024;

  private static final int BETWEEN_LOOKS = 64;
  private static final byte[] BEGINNING = {};

  private final TaskStore<?, ?> store;
  private final SweepPace pace;
  private final SweepPace.Place place = new SweepPace.Place();
  private final byte[] header = new byte[1 + Long.BYTES];
  private boolean wanted = true;
  private boolean found;
  private boolean written;
  private long latestCommit;
  private byte[] from = BEGINNING;
  private long migrated;

  Sweep(TaskStore<?, ?> store, SweepPace pace) {
    this.store = store;
    this.pace = pace;
  }

  /** An entry is written with which there will be something to do. */
  void want() {
    wanted = true;
    written = true;
  }

  /** Notes that what was written until now is in a commit. */
  void committed(long commit) {
    if (written) {
      latestCommit = commit;
      written = false;
    }
  }

  /** Looks on for a little of the worker's time; call it before each commit. */
  void lookOn() {
    long started = System.nanoTime();
    if (wanted && pace.isTurnOf(place, started)) {
      look(started + BACKGROUND_NANOS, BACKGROUND_BYTES);
      pace.ended(place, started, System.nanoTime());
    }
  }

  /**
   * Looks on until there is enough for a commit, however long it takes.
   *
   * @return whether it has come to the end
   */
  public boolean fillCommit() {
    return look(Long.MAX_VALUE, EAGER_BYTES);
  }

  /** What it goes through, for messages. */
  @Override
  public String toString() {
    return store.toString();
  }

  /** How many values it has migrated since its beginning. */
  public long migrated() {
    return migrated;
  }

  /** About how many entries there are to look at. */
  public long entries() {
    return store.approximateEntries();
  }

  private boolean look(long deadlineNanos, long mostBytes) {
    long applied = store.appliedCommit(); // before the scan: it may show more, never less
    found |= written || latestCommit > applied; // the engine does not have it yet
    long now = store.now();
    long bytes = 0;
    int looked = 0;
    try (EngineIterator entries = store.scanFrom(from)) {
      while (entries.valid() && bytes < mostBytes && !isOver(deadlineNanos, looked++)) {
        if (entries.valueStart(header) > 0) {
          bytes += lookAt(entries, applied, now);
        }
        entries.next();
      }
      from = entries.valid() ? entries.key() : BEGINNING;
      if (!entries.valid()) {
        end();
        return true;
      }
      return false;
    }
  }

  private static boolean isOver(long deadlineNanos, int looked) {
    return deadlineNanos != Long.MAX_VALUE
        && looked % BETWEEN_LOOKS == BETWEEN_LOOKS - 1
        && System.nanoTime() - deadlineNanos > 0;
  }

  /**
   * Does what is to be done with an entry.
   *
   * @return about how many bytes that takes
   */
  private long lookAt(EngineIterator entries, long applied, long now) {
    boolean expires = header[0] < 0;
    if (expires && StoredValue.expires(header) <= now) {
      found = true;
      store.removeExpired(entries.key(), applied);
      return BYTES_PER_CHANGE;
    }
    found |= expires;
    if (!store.isOld(header[0])) {
      return 0;
    }
    found = true;
    byte[] stored = entries.value();
    if (!store.migrate(entries.key(), stored, applied)) {
      return 0;
    }
    migrated++;
    return BYTES_PER_CHANGE + stored.length;
  }

  private void end() {
    wanted = found;
    found = false;
    if (migrated > 0) {
      LOG.info("{}: {} values are migrated to {}", store, migrated, store.schema());
      migrated = 0;
    }
  }
}
