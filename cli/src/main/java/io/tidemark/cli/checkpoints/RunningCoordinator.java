package io.tidemark.cli.checkpoints;

import io.tidemark.api.TidemarkException;
import io.tidemark.config.JobSettings;
import io.tidemark.coordinator.CheckpointRecord;
import io.tidemark.rpc.CoordinatorClient;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The coordinator of the job, for commands that also do without. Confined to one thread. */
final class RunningCoordinator implements AutoCloseable {
  /** Nobody answers, or the token of whoever did is gone. */
  private static final Set<String> ABSENT = Set.of("TM-7010", "TM-7032", "TM-7033");

  /** It does not know that checkpoint. */
  private static final String UNKNOWN = "TM-8307";

  private final @Nullable CoordinatorClient client;
  private final List<CheckpointRecord> records;

  private RunningCoordinator(@Nullable CoordinatorClient client, List<CheckpointRecord> records) {
    this.client = client;
    this.records = records;
  }

  /** Looks whether the job has a coordinator that answers. */
  static RunningCoordinator of(JobSettings settings) {
    CoordinatorClient client = CoordinatorClient.of(settings);
    try {
      return new RunningCoordinator(client, client.checkpoints());
    } catch (TidemarkException e) {
      client.close();
      if (ABSENT.contains(e.code())) {
        return new RunningCoordinator(null, List.of());
      }
      throw e;
    }
  }

  /** The checkpoints that failed or are under way; none if nobody answers. */
  List<CheckpointRecord> unfinished() {
    return records.stream()
        .filter(
            record ->
                record.status() == CheckpointRecord.Status.FAILED
                    || record.status() == CheckpointRecord.Status.IN_PROGRESS)
        .toList();
  }

  /**
   * Lets it delete a checkpoint.
   *
   * @return false if nobody answers, or it does not know that one
   */
  boolean delete(long number) {
    if (client == null) {
      return false;
    }
    try {
      client.deleteCheckpoint(number);
      return true;
    } catch (TidemarkException e) {
      if (e.code().equals(UNKNOWN)) {
        return false;
      }
      throw e;
    }
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
  }
}
