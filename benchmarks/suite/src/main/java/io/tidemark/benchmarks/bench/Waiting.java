package io.tidemark.benchmarks.bench;

import java.util.concurrent.TimeUnit;

/** Waits, where a measurement has to. */
final class Waiting {
  private Waiting() {}

  static void pause(long millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }
}
