package io.tidemark.container;

import io.tidemark.api.ConfigException;
import io.tidemark.api.FencedException;
import io.tidemark.config.RestartSettings;
import java.util.ArrayDeque;

/**
 * Decides whether and when something that failed is started again: after a pause that doubles with
 * each failure, and not more than so often within a window. Confined to one thread.
 */
public final class RestartPolicy {
  private final RestartSettings settings;
  private final ArrayDeque<Long> failures = new ArrayDeque<>();

  public RestartPolicy(RestartSettings settings) {
    this.settings = settings;
  }

  /** Whether another start can have another end. */
  public static boolean isWorthwhile(Throwable failure) {
    return !(failure instanceof ConfigException) && !(failure instanceof FencedException);
  }

  /**
   * Notes a failure.
   *
   * @param nowMs the time, in milliseconds that never go back
   * @return how long to wait before the next start, in milliseconds; -1 if it failed too often
   */
  public long failed(long nowMs) {
    while (!failures.isEmpty() && nowMs - failures.peek() > settings.windowMs()) {
      failures.remove();
    }
    failures.add(nowMs);
    if (failures.size() > settings.max()) {
      return -1;
    }
    int doublings = Math.min(failures.size() - 1, 30);
    return Math.min(settings.backoffMs() << doublings, settings.backoffMaxMs());
  }
}
