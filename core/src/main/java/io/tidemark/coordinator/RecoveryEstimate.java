package io.tidemark.coordinator;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.ReplayTime;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.coordinator.CoordinatorView.RecoveryPrediction;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Predicts how long a task would take to be rebuilt on an empty disk: the time to download its
 * files and that to replay its journal since. Called under the coordinator's lock.
 *
 * <p>Files are taken to come back as fast as they were uploaded; how fast journals are replayed is
 * measured while tasks restore. Until something was measured, careful guesses stand for both.
 */
final class RecoveryEstimate {
  private static final double GUESSED_BYTES_PER_MS = 20_000;
  private static final double WEIGHT_OF_NEW = 0.3;
  private static final long LEAST_MEASURED_BYTES = 1 << 20;

  private final Map<TaskName, Long> fileBytes = new HashMap<>();
  private final Map<TaskName, Long> segmentBytes = new HashMap<>();
  private double downloadRate = GUESSED_BYTES_PER_MS;
  private double replayRate = GUESSED_BYTES_PER_MS;

  /** Takes in a task's part of a completed checkpoint. */
  void completed(TaskManifest part) {
    long segments = part.segmentBytes();
    segmentBytes.put(part.task(), segments);
    fileBytes.put(part.task(), part.totalBytes() - segments);
    TaskManifest.Work work = part.work();
    if (work.bytesUploaded() >= LEAST_MEASURED_BYTES && work.uploadMs() > 0) {
      downloadRate = mean(downloadRate, (double) work.bytesUploaded() / work.uploadMs());
    }
  }

  /** Takes in what a former coordinator knew of a task's part. */
  void completed(TaskName task, long bytes) {
    fileBytes.put(task, bytes);
  }

  /** Takes in how long a task's journal was replayed. */
  void replayed(ReplayTime replay) {
    if (replay.bytes() >= LEAST_MEASURED_BYTES && replay.ms() > 0) {
      replayRate = mean(replayRate, (double) replay.bytes() / replay.ms());
    }
  }

  private static double mean(double former, double measured) {
    return former * (1 - WEIGHT_OF_NEW) + measured * WEIGHT_OF_NEW;
  }

  /** The slowest task. */
  RecoveryPrediction slowest(Collection<Seat> seats) {
    TaskName slowest = null;
    long longest = 0;
    for (Seat seat : seats) {
      long ms = predictMs(seat);
      if (slowest == null || ms > longest) {
        slowest = seat.task;
        longest = ms;
      }
    }
    return new RecoveryPrediction(
        slowest, longest, (long) (downloadRate * 1000), (long) (replayRate * 1000));
  }

  private long predictMs(Seat seat) {
    return downloadMs(seat.task) + replayMs(seat);
  }

  private long downloadMs(TaskName task) {
    return (long) (fileBytes.getOrDefault(task, 0L) / downloadRate);
  }

  private long replayMs(Seat seat) {
    return (long) ((segmentBytes.getOrDefault(seat.task, 0L) + seat.work().bytes()) / replayRate);
  }

  /**
   * A task that would take longer than is wanted, and that a checkpoint would help; null if there
   * is none. Where the files alone take most of the time, no rate of checkpoints reaches the
   * target; then the journal may take a quarter of it.
   */
  @Nullable TaskName beyond(long targetMs, Collection<Seat> seats) {
    for (Seat seat : seats) {
      long sinceMs = (long) (seat.work().bytes() / replayRate);
      long allowedMs = Math.max(targetMs - predictMs(seat) + sinceMs, targetMs / 4);
      if (sinceMs > 0 && sinceMs >= allowedMs) {
        return seat.task;
      }
    }
    return null;
  }
}
