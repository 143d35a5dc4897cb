package io.tidemark.cli;

import java.time.Duration;
import java.util.function.Supplier;

/**
 * Ends this process by force if an orderly end takes too long. What was not committed is processed
 * again by whoever comes next; nothing is lost.
 */
final class HaltTimer {
  private HaltTimer() {}

  /**
   * Starts the timer.
   *
   * @param limit how long the end may take; asked again and again, as it may change
   */
  static void start(Supplier<Duration> limit, int exitCode) {
    long begin = System.nanoTime();
    Thread thread =
        new Thread(
            () -> {
              try {
                while (System.nanoTime() - begin < limit.get().toNanos()) {
                  Thread.sleep(100);
                }
              } catch (InterruptedException e) {
                return;
              }
              Runtime.getRuntime().halt(exitCode);
            },
            "halt-timer");
    thread.setDaemon(true);
    thread.start();
  }
}
