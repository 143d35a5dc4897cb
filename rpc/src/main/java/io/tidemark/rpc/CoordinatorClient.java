package io.tidemark.rpc;

import io.grpc.StatusRuntimeException;
import io.tidemark.api.TidemarkException;
import io.tidemark.config.JobSettings;
import io.tidemark.coordinator.CheckpointRecord;
import io.tidemark.coordinator.CoordinatorView;
import io.tidemark.rpc.control.v1.AdminGrpc;
import io.tidemark.rpc.control.v1.AdminGrpc.AdminBlockingStub;
import io.tidemark.rpc.control.v1.AdminMessages;
import io.tidemark.rpc.control.v1.AdminMessages.TakeCheckpointResponse;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Asks the coordinator of a running job: how the job is, for checkpoints, to stop. Any thread may
 * call it; calls block.
 *
 * <p>Calls throw {@link TidemarkException}: what the coordinator said, with its code; or (TM-7010,
 * TM-7032) if nobody answers on this machine, (TM-7033) if the coordinator does not answer,
 * (TM-7034, TM-7035) if it refuses the token or the certificates, (TM-7036) if it failed.
 */
public final class CoordinatorClient implements AutoCloseable {
  private static final long CALL_MS = 10_000;
  private static final long MOST_WAIT_MS = 10_000;

  private final CoordinatorConnection connection;
  private final AdminMessages.Caller caller;

  private CoordinatorClient(CoordinatorAddress address, String job) {
    connection = new CoordinatorConnection(address);
    caller =
        AdminMessages.Caller.newBuilder().setVersion(ControlProtocol.VERSION).setJob(job).build();
  }

  /** A client of the coordinator of a job; it connects when it is first asked for something. */
  public static CoordinatorClient of(JobSettings settings) {
    return new CoordinatorClient(CoordinatorAddress.of(settings), settings.job());
  }

  /**
   * A client of the coordinator at an address.
   *
   * @param job the job's name and id, {@code NAME-ID}
   */
  public static CoordinatorClient at(CoordinatorAddress address, String job) {
    return new CoordinatorClient(address, job);
  }

  /** How the job is now. */
  public CoordinatorView describe() {
    return call(
        0,
        stub ->
            ViewMessages.record(
                stub.describe(
                    AdminMessages.DescribeRequest.newBuilder().setCaller(caller).build())));
  }

  /** All checkpoints that are remembered, the oldest first. */
  public List<CheckpointRecord> checkpoints() {
    AdminMessages.ListCheckpointsRequest request =
        AdminMessages.ListCheckpointsRequest.newBuilder().setCaller(caller).build();
    return call(
        0,
        stub ->
            ManifestMessages.records(
                stub.listCheckpoints(request).getCheckpointsList(), CheckpointMessages::record));
  }

  /**
   * Asks for a checkpoint that begins from here on.
   *
   * @param wait how long to wait for it; zero: not at all
   * @return the completed checkpoint; null if it was not complete by then
   * @throws TidemarkException (TM-8305) if it failed
   */
  public @Nullable CheckpointRecord triggerCheckpoint(Duration wait) {
    return take("", false, wait);
  }

  /**
   * Takes a savepoint.
   *
   * @param wait how long to wait for it
   * @return the completed savepoint; null if it was not complete by then
   * @throws TidemarkException (TM-8305) if it failed, (TM-8306, TM-8309) if the name is taken or
   *     cannot be one
   */
  public @Nullable CheckpointRecord createSavepoint(String name, Duration wait) {
    return take(name, false, wait);
  }

  /** As {@link #createSavepoint}, and stops the job at its cut. If it fails the job goes on. */
  public @Nullable CheckpointRecord stopWithSavepoint(String name, Duration wait) {
    return take(name, true, wait);
  }

  /**
   * Deletes a checkpoint or savepoint.
   *
   * @throws TidemarkException (TM-8307) if there is none, (TM-8308) if the job is restored from it
   */
  public CheckpointRecord deleteCheckpoint(long number) {
    AdminMessages.DeleteCheckpointRequest request =
        AdminMessages.DeleteCheckpointRequest.newBuilder()
            .setCaller(caller)
            .setNumber(number)
            .build();
    return call(MOST_WAIT_MS, stub -> CheckpointMessages.record(stub.deleteCheckpoint(request)));
  }

  /** Stops the job, after a checkpoint if {@code task.checkpoint.on.shutdown}; does not wait. */
  public void stop() {
    call(0, stub -> stub.stop(AdminMessages.StopRequest.newBuilder().setCaller(caller).build()));
  }

  private @Nullable CheckpointRecord take(String savepoint, boolean stop, Duration wait) {
    AdminMessages.TakeCheckpointRequest.Builder request =
        AdminMessages.TakeCheckpointRequest.newBuilder()
            .setCaller(caller)
            .setRequest(UUID.randomUUID().toString())
            .setSavepoint(savepoint)
            .setStop(stop);
    long deadline = System.nanoTime() + wait.toNanos();
    while (true) {
      long leftMs = TimeUnit.NANOSECONDS.toMillis(deadline - System.nanoTime());
      int waitMs = (int) Math.max(0, Math.min(leftMs, MOST_WAIT_MS));
      TakeCheckpointResponse response =
          call(waitMs, stub -> stub.takeCheckpoint(request.setWaitMs(waitMs).build()));
      if (response.hasCheckpoint()) {
        return CheckpointMessages.record(response.getCheckpoint());
      } else if (leftMs <= MOST_WAIT_MS) {
        return null;
      }
    }
  }

  private <A> A call(long waitMs, Function<AdminBlockingStub, A> call) {
    try {
      return connection.call(
          channel ->
              call.apply(
                  AdminGrpc.newBlockingStub(channel)
                      .withDeadlineAfter(waitMs + CALL_MS, TimeUnit.MILLISECONDS)));
    } catch (StatusRuntimeException e) {
      throw CoordinatorFailures.of(e);
    }
  }

  @Override
  public void close() {
    connection.close();
  }
}
