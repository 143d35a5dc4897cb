package io.tidemark.container;

import io.tidemark.api.ConfigException;
import io.tidemark.api.FencedException;
import io.tidemark.config.RestartSettings;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether and when something that failed is started again: after a pause that doubles with
 * each failure, not more than so often within a window, and not if a task's own code fails {@value
 * #SAME_FAILURES} times in a row in the same way. Confined to one thread.
 */
public final class RestartPolicy {
  private static final int SAME_FAILURES = 3;
  private static final Pattern OF_TASK_CODE = Pattern.compile("TM-400[1-5]: ");

  private final RestartSettings settings;
  private final ArrayDeque<Long> failures = new ArrayDeque<>();
  private @Nullable String lastMessage;
  private int sameMessages;

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
   * @param message what the failure says; null if nothing
   * @return how long to wait before the next start, in milliseconds; -1 if it failed too often, or
   *     will again
   */
  public long failed(long nowMs, @Nullable String message) {
    boolean byTask = message != null && OF_TASK_CODE.matcher(message).lookingAt();
    sameMessages = byTask && Objects.equals(message, lastMessage) ? sameMessages + 1 : 1;
    lastMessage = message;
    while (!failures.isEmpty() && nowMs - failures.peek() > settings.windowMs()) {
      failures.remove();
    }
    failures.add(nowMs);
    if (failures.size() > settings.max() || (byTask && sameMessages >= SAME_FAILURES)) {
      return -1;
    }
    int doublings = Math.min(failures.size() - 1, 30);
    return Math.min(settings.backoffMs() << doublings, settings.backoffMaxMs());
  }
}
