package io.tidemark.container;

import java.util.function.Consumer;

/**
 * How long a container's coordinator has not answered: says so after some seconds, and then every
 * half minute. Used by one thread at a time.
 */
final class Silence {
  static final long FIRST_MS = 3_000;
  static final long AGAIN_MS = 30_000;

  private final String job;
  private final Consumer<String> news;
  private boolean lasts;
  private boolean said;
  private long sinceMs;
  private long nextMs;

  /**
   * @param news is told
   */
  Silence(String job, Consumer<String> news) {
    this.job = job;
    this.news = news;
  }

  /**
   * It did not answer.
   *
   * @param why what is known of that
   */
  void lasts(long nowMs, String why) {
    if (!lasts) {
      lasts = true;
      sinceMs = nowMs;
      nextMs = nowMs + FIRST_MS;
    }
    if (nowMs >= nextMs) {
      said = true;
      nextMs = nowMs + AGAIN_MS;
      news.accept(
          String.format(
              "The coordinator of %s has not answered for %d s: %s. This container goes on trying;"
                  + " if the coordinator is elsewhere, correct job.coordinator.address, or"
                  + " --coordinator",
              job, (nowMs - sinceMs) / 1_000, why));
    }
  }

  /** It answered. */
  void ends() {
    if (said) {
      news.accept("The coordinator of " + job + " answers");
    }
    lasts = false;
    said = false;
  }
}
