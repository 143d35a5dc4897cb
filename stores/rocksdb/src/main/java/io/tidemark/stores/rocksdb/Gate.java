package io.tidemark.stores.rocksdb;

import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Keeps native memory from being freed under a call that uses it: calls pass between {@link #enter}
 * and {@link #leave}, and whoever frees it shuts the gate first, which waits for those inside.
 *
 * <p>Those inside are counted, each thread in one of several places that lie apart, so that threads
 * do not get into each other's way. A call costs two uncontended atomic additions. The first is
 * before the look at {@code shut}, as the write of {@code shut} is before the look at the counts,
 * so that one of the two sides always sees the other.
 *
 * <p>Threads: any.
 */
final class Gate {
  private static final int PLACES = 32;

  /** Two lines of the processor's cache, in counts. */
  private static final int APART = 32;

  private static final long WAIT_NANOS = 50_000;

  private final AtomicIntegerArray inside = new AtomicIntegerArray(PLACES * APART);
  private volatile boolean shut;

  /** Goes in, unless it is shut; whoever went in leaves on the same thread. */
  boolean enter() {
    int place = place();
    inside.getAndIncrement(place);
    if (shut) {
      inside.getAndDecrement(place);
      return false;
    }
    return true;
  }

  void leave() {
    inside.getAndDecrement(place());
  }

  boolean isShut() {
    return shut;
  }

  /** Lets nobody in any more, and waits until all are out. */
  void shut() {
    shut = true;
    for (int place = 0; place < PLACES * APART; place += APART) {
      while (inside.get(place) != 0) {
        LockSupport.parkNanos(WAIT_NANOS);
      }
    }
  }

  private static int place() {
    return ((int) Thread.currentThread().getId() & PLACES - 1) * APART;
  }
}
