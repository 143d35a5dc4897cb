package io.tidemark.config;

import java.util.Map;
import java.util.TreeMap;

/**
 * When checkpoints are taken, where they are kept, and for how long. Times and amounts of -1 mean
 * never, or without limit.
 *
 * @param intervalMs the time from one checkpoint to the next
 * @param bytes how many bytes the job commits before the next one
 * @param records how many records the job processes before the next one
 * @param recoveryTargetMs how long a recovery may take; checkpoints are taken just often enough
 * @param minPauseMs the least time between the end of one and the start of the next
 * @param timeoutMs how long one may take before it fails
 * @param toleratedFailures how many may fail one after the other before the job says it is unwell
 * @param retain how many completed ones are kept
 * @param onShutdown whether one is taken when the job is told to stop
 * @param graceMs how old a file that no checkpoint names must be before it is removed
 * @param uploadThreads how many threads of a container upload
 * @param uploadBytesPerSecond how fast a container uploads at most
 * @param onVerificationFailure what happens when the one to start from is damaged
 * @param digest whether digests of the stores are kept, for verification by replay
 * @param storeFactory the kind of blob store, or the class of its factory
 * @param storeProperties everything under {@code task.checkpoint.store.} but {@code factory}, that
 *     prefix taken away; {@link #storeProperties(String)} gives those of one kind
 * @param encryption everything under {@code task.checkpoint.encryption.}, that prefix taken away
 */
public record CheckpointSettings(
    long intervalMs,
    long bytes,
    long records,
    long recoveryTargetMs,
    long minPauseMs,
    long timeoutMs,
    int toleratedFailures,
    int retain,
    boolean onShutdown,
    long graceMs,
    int uploadThreads,
    long uploadBytesPerSecond,
    OnVerificationFailure onVerificationFailure,
    boolean digest,
    String storeFactory,
    Map<String, String> storeProperties,
    Map<String, String> encryption) {
  public CheckpointSettings {
    storeProperties = Map.copyOf(storeProperties);
    encryption = Map.copyOf(encryption);
  }

  /**
   * The settings of one kind of blob store, by their names within it; a class's are named by the
   * class.
   */
  public Map<String, String> storeProperties(String kind) {
    Map<String, String> properties = new TreeMap<>();
    storeProperties.forEach(
        (key, value) -> {
          if (key.startsWith(kind + ".")) {
            properties.put(key.substring(kind.length() + 1), value);
          }
        });
    return properties;
  }

  /** What happens when the checkpoint to start from is damaged. */
  public enum OnVerificationFailure {
    /** The start fails. */
    FAIL,
    /** The one before it is taken. */
    PREVIOUS
  }
}
