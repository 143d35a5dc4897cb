package io.tidemark.coordinator;

import io.tidemark.checkpoint.CheckpointManifest;
import org.jspecify.annotations.Nullable;

/**
 * What the coordinator needs of the place where checkpoints are kept. Calls block and throw {@link
 * io.tidemark.api.TidemarkException}; the coordinator makes them one at a time, without holding
 * anything up.
 */
public interface CheckpointPublisher {

  /**
   * Makes a checkpoint complete by writing its manifest. Does nothing if it is there already.
   *
   * @return where the manifest is, as {@link Orders#restoreFrom} names it
   */
  String publish(CheckpointManifest manifest);

  /** Deletes the manifest of a checkpoint or savepoint; nothing if there is none. */
  void retire(long number, String savepoint);

  /** The job's completed checkpoint of the highest number, savepoints included; null if none. */
  @Nullable Published latest();

  /**
   * A completed checkpoint.
   *
   * @param manifest its manifest
   * @param location where that is, as {@link #publish} returned it
   */
  record Published(CheckpointManifest manifest, String location) {}
}
