package io.tidemark.integration;

import io.tidemark.api.AsyncStreamTask;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.TaskCallback;
import io.tidemark.api.TaskCoordinator;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Counts as {@link CountingTask} does, and then has each record wait for something elsewhere. */
public final class AsyncCountingTask implements AsyncStreamTask, InitableTask {
  private final CountingTask counting = new CountingTask();

  @Override
  public void init(Context context) {
    counting.init(context);
  }

  @Override
  public void processAsync(
      IncomingMessageEnvelope envelope,
      MessageCollector collector,
      TaskCoordinator coordinator,
      TaskCallback callback) {
    counting.process(envelope, collector, coordinator);
    ForkJoinPool.commonPool()
        .execute(
            () -> {
              long micros = ThreadLocalRandom.current().nextLong(300);
              LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(micros));
              callback.complete();
            });
  }
}
