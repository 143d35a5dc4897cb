package io.tidemark.runtime;

import io.tidemark.api.TidemarkException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;

/** Waits for commits. */
final class Commits {
  private Commits() {}

  /**
   * Waits for a commit to end.
   *
   * @throws TidemarkException what it ended with
   */
  static <T> T await(CompletableFuture<T> commit) {
    try {
      return commit.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof TidemarkException known) {
        throw known;
      }
      throw new TidemarkException("TM-4006", "a commit failed: " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new TidemarkException("TM-4007", "interrupted while a commit was under way", e);
    }
  }
}
