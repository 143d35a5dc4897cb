package io.tidemark.cli;

import io.tidemark.container.Progress;
import java.time.Duration;

/** A job that was started, be it in this process or in others. Any thread may call it. */
interface RunningJob {
  /** What it has done so far. */
  Progress progress();

  /**
   * Waits for its end, not longer than {@code limit}.
   *
   * @return whether it ended
   * @throws io.tidemark.api.TidemarkException if it failed
   */
  boolean awaitEnd(Duration limit);
}
