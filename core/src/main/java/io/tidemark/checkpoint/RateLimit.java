package io.tidemark.checkpoint;

import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/**
 * Lets so many bytes pass in a second, over all threads: whoever takes some pauses until those
 * before have had their time. Threads: any.
 */
final class RateLimit {
  private static final double NANOS = 1e9;

  private final long bytesPerSecond;
  private final LongSupplier nanoClock;
  private final LongConsumer pause;
  private long free;

  /**
   * @param bytesPerSecond how many; no limit if not positive
   * @param nanoClock the time in nanoseconds since some moment
   * @param pause lets so many nanoseconds pass
   */
  RateLimit(long bytesPerSecond, LongSupplier nanoClock, LongConsumer pause) {
    this.bytesPerSecond = bytesPerSecond;
    this.nanoClock = nanoClock;
    this.pause = pause;
    this.free = nanoClock.getAsLong();
  }

  void take(long bytes) {
    if (bytesPerSecond <= 0 || bytes <= 0) {
      return;
    }
    long wait = reserve(bytes);
    if (wait > 0) {
      pause.accept(wait);
    }
  }

  private synchronized long reserve(long bytes) {
    long now = nanoClock.getAsLong();
    if (free - now < 0) {
      free = now;
    }
    free += (long) (bytes * NANOS / bytesPerSecond);
    return free - now;
  }
}
