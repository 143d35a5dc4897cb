package io.tidemark.rpc;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tidemark.checkpoint.Trigger;
import io.tidemark.coordinator.CheckpointRecord;
import io.tidemark.coordinator.Coordinator;
import io.tidemark.rpc.control.v1.AdminGrpc;
import io.tidemark.rpc.control.v1.AdminMessages;
import io.tidemark.rpc.control.v1.AdminMessages.TakeCheckpointRequest;
import io.tidemark.rpc.control.v1.AdminMessages.TakeCheckpointResponse;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Answers people and programs on behalf of a coordinator. Any thread may call it. */
final class AdminService extends AdminGrpc.AdminImplBase {
  private static final long MAX_WAIT_MS = 30_000;
  private static final int MOST_REQUESTS = 1_000;

  private final String job;
  private final Coordinator coordinator;

  /** What was asked for, by the callers' names for it, so that a repeated call finds it. */
  private final Map<String, CompletableFuture<CheckpointRecord>> requests = new LinkedHashMap<>();

  AdminService(String job, Coordinator coordinator) {
    this.job = job;
    this.coordinator = coordinator;
  }

  @Override
  public void describe(
      AdminMessages.DescribeRequest request, StreamObserver<AdminMessages.JobView> observer) {
    answer(request.getCaller(), observer, () -> ViewMessages.message(coordinator.view()));
  }

  @Override
  public void listCheckpoints(
      AdminMessages.ListCheckpointsRequest request,
      StreamObserver<AdminMessages.CheckpointList> observer) {
    answer(
        request.getCaller(),
        observer,
        () ->
            AdminMessages.CheckpointList.newBuilder()
                .addAllCheckpoints(
                    coordinator.checkpoints().stream().map(CheckpointMessages::message).toList())
                .build());
  }

  @Override
  public void stop(
      AdminMessages.StopRequest request, StreamObserver<AdminMessages.StopResponse> observer) {
    answer(
        request.getCaller(),
        observer,
        () -> {
          coordinator.stop();
          return AdminMessages.StopResponse.getDefaultInstance();
        });
  }

  @Override
  public void takeCheckpoint(
      TakeCheckpointRequest request, StreamObserver<TakeCheckpointResponse> observer) {
    long waitMs = Math.min(Integer.toUnsignedLong(request.getWaitMs()), MAX_WAIT_MS);
    answerLater(
        request.getCaller(),
        observer,
        () -> orNullAfter(requested(request), waitMs),
        record ->
            record == null
                ? TakeCheckpointResponse.getDefaultInstance()
                : TakeCheckpointResponse.newBuilder()
                    .setCheckpoint(CheckpointMessages.message(record))
                    .build());
  }

  private static CompletableFuture<@Nullable CheckpointRecord> orNullAfter(
      CompletableFuture<CheckpointRecord> future, long waitMs) {
    CompletableFuture<@Nullable CheckpointRecord> waited = future.thenApply(record -> record);
    return waited.completeOnTimeout(null, waitMs, TimeUnit.MILLISECONDS);
  }

  private synchronized CompletableFuture<CheckpointRecord> requested(
      TakeCheckpointRequest request) {
    CompletableFuture<CheckpointRecord> known = requests.get(request.getRequest());
    if (known != null) {
      return known;
    }
    if (request.getRequest().isEmpty() || (request.getStop() && request.getSavepoint().isEmpty())) {
      throw Status.INVALID_ARGUMENT
          .withDescription("a request needs a name of its own, and a stop a savepoint's name")
          .asRuntimeException();
    }
    CompletableFuture<CheckpointRecord> made =
        request.getStop()
            ? coordinator.stopWithSavepoint(request.getSavepoint())
            : coordinator.requestCheckpoint(Trigger.REQUEST, request.getSavepoint());
    requests.put(request.getRequest(), made);
    if (requests.size() > MOST_REQUESTS) {
      requests.remove(requests.keySet().iterator().next());
    }
    return made;
  }

  @Override
  public void deleteCheckpoint(
      AdminMessages.DeleteCheckpointRequest request,
      StreamObserver<AdminMessages.Checkpoint> observer) {
    answerLater(
        request.getCaller(),
        observer,
        () -> coordinator.deleteCheckpoint(request.getNumber()),
        CheckpointMessages::message);
  }

  private <A> void answer(
      AdminMessages.Caller caller, StreamObserver<A> observer, Supplier<A> answer) {
    answerLater(
        caller,
        observer,
        () -> CompletableFuture.completedFuture(answer.get()),
        Function.identity());
  }

  private <R extends @Nullable Object, A> void answerLater(
      AdminMessages.Caller caller,
      StreamObserver<A> observer,
      Supplier<CompletableFuture<R>> result,
      Function<R, A> message) {
    // Without a handler, a caller that is gone would be an exception.
    ((ServerCallStreamObserver<A>) observer).setOnCancelHandler(() -> {});
    CompletableFuture<A> answer;
    try {
      ControlProtocol.check(caller.getVersion(), caller.getJob(), job);
      answer = result.get().thenApply(message);
    } catch (RuntimeException e) {
      observer.onError(ControlProtocol.status(e));
      return;
    }
    var unused =
        answer.whenComplete(
            (found, failure) -> {
              if (failure == null) {
                observer.onNext(found);
                observer.onCompleted();
              } else {
                observer.onError(ControlProtocol.status(unwrapped(failure)));
              }
            });
  }

  private static RuntimeException unwrapped(Throwable failure) {
    Throwable cause = failure.getCause();
    Throwable reason = failure instanceof CompletionException && cause != null ? cause : failure;
    return reason instanceof RuntimeException known ? known : new IllegalStateException(reason);
  }
}
