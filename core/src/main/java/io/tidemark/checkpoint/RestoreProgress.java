package io.tidemark.checkpoint;

/**
 * How far the restore of a task's snapshot has come.
 *
 * @param bytes how many bytes are in place
 * @param totalBytes how many there will be
 * @param elapsedMs how long it has taken so far
 */
public record RestoreProgress(long bytes, long totalBytes, long elapsedMs) {

  /** How long it will still take if it goes on at this rate; -1 if nobody can tell yet. */
  public long remainingMs() {
    return bytes == 0 ? -1 : (long) ((double) elapsedMs * (totalBytes - bytes) / bytes);
  }

  /** Is told of progress, by several threads, one at a time. */
  public interface Listener {
    /** Listens to nothing. */
    Listener NONE = progress -> {};

    /** Called often; does not block. */
    void progressed(RestoreProgress progress);
  }
}
