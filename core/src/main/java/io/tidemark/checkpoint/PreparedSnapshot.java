package io.tidemark.checkpoint;

import io.tidemark.checkpoint.SnapshotDraft.Frozen;
import io.tidemark.state.EngineCommit;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A snapshot that was begun. One thread at a time. */
public final class PreparedSnapshot implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PreparedSnapshot.class);

  private final SnapshotTaker.Request request;
  private final Path staging;
  private final @Nullable FrozenEngines frozen;
  private final long begun;

  /**
   * Engines' files that were set apart.
   *
   * @param oldest the oldest of the commits that they equal
   */
  record FrozenEngines(List<Frozen> engines, EngineCommit oldest) {}

  PreparedSnapshot(
      SnapshotTaker.Request request, Path staging, @Nullable FrozenEngines frozen, long begun) {
    this.request = request;
    this.staging = staging;
    this.frozen = frozen;
    this.begun = begun;
  }

  SnapshotTaker.Request request() {
    return request;
  }

  /** A directory of its own. */
  Path staging() {
    return staging;
  }

  /** Null if no files were set apart, or engines were past the cut already. */
  @Nullable FrozenEngines frozen() {
    return frozen;
  }

  /** When it was begun, by the taker's clock. */
  long begun() {
    return begun;
  }

  /** Deletes what is local; what remains is deleted by the task's next snapshot. */
  @Override
  public void close() {
    try {
      Staging.delete(staging);
      Staging.deleteIfEmpty(request.staging());
    } catch (IOException e) {
      LOG.info("Files of a snapshot stay in {} until the next one: {}", staging, e.toString());
    }
  }
}
