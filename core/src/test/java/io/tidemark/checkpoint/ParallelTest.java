package io.tidemark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ParallelTest {
  private final AtomicInteger done = new AtomicInteger();

  private List<Runnable> work(int count) {
    return new ArrayList<>(Collections.nCopies(count, done::incrementAndGet));
  }

  @Test
  void all_work_is_done_whatever_the_executor_does() {
    Executor never = command -> {};
    Executor closed =
        command -> {
          throw new RejectedExecutionException();
        };
    Executor caller = Runnable::run;
    for (Executor executor : List.of(never, closed, caller)) {
      done.set(0);
      Parallel.run(executor, 3, work(10));
      assertThat(done).hasValue(10);
    }
    Parallel.run(never, 3, List.of());
  }

  @Test
  void a_failure_ends_the_rest_and_is_thrown_when_all_that_began_has_ended() {
    ExecutorService threads = Executors.newFixedThreadPool(3);
    try {
      for (int round = 0; round < 200; round++) {
        AtomicInteger running = new AtomicInteger();
        List<Runnable> work = new ArrayList<>();
        for (int i = 0; i < 12; i++) {
          int number = i;
          work.add(
              () -> {
                running.incrementAndGet();
                try {
                  if (number == 5) {
                    throw new IllegalStateException("planned");
                  }
                } finally {
                  running.decrementAndGet();
                }
              });
        }
        assertThatThrownBy(() -> Parallel.run(threads, 3, work)).hasMessage("planned");
        assertThat(running).hasValue(0);
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
