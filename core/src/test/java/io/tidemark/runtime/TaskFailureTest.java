package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.Context;
import io.tidemark.api.FencedException;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.StreamTask;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.TidemarkException;
import io.tidemark.testing.TaskTester;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whose failure it is decides whether another start can help, and so it must not be hidden. */
class TaskFailureTest {

  /** Throws as a collector would whose writer another process has taken over from. */
  static final class Fenced implements StreamTask {
    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      throw new IllegalStateException(
          "wrapped", new FencedException("TM-3101", "another took over", null));
    }
  }

  static final class Failing implements StreamTask {
    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      throw new IllegalStateException("no luck");
    }
  }

  static final class WantsAnotherStore implements StreamTask, InitableTask {
    @Override
    public void init(Context context) {
      context.getTaskContext().getStore("totals");
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope,
        MessageCollector collector,
        TaskCoordinator coordinator) {}
  }

  @ParameterizedTest
  @ValueSource(strings = {"fail", "skip", "dead-letter"})
  void whoIsFencedWhileItProcessesARecordFailsAsFencedWhateverThePolicy(String policy) {
    Map<String, String> more = Map.of("streams.words.on.error", policy);
    try (TaskTester tester = TaskTester.of(ExactlyOnceTest.config(more), Fenced::new)) {
      tester.send("words", "a", "");
      assertThatThrownBy(tester::process)
          .isInstanceOfSatisfying(
              FencedException.class, e -> assertThat(e.code()).isEqualTo("TM-3101"));
    }
  }

  @Test
  void anExceptionOfTheTasksOwnNamesTheRecord() {
    try (TaskTester tester = TaskTester.of(ExactlyOnceTest.config(Map.of()), Failing::new)) {
      tester.send("words", "a", "");
      assertThatThrownBy(tester::process)
          .isInstanceOf(TaskFailedException.class)
          .hasMessageContaining("offset 0 of memory.words[0]")
          .hasMessageContaining("no luck");
    }
  }

  @Test
  void aStoreThatIsNotConfiguredIsAMatterOfConfiguration() {
    try (TaskTester tester =
        TaskTester.of(ExactlyOnceTest.config(Map.of()), WantsAnotherStore::new)) {
      tester.send("words", "a", "");
      assertThatThrownBy(tester::process)
          .isInstanceOfSatisfying(
              TidemarkException.class, e -> assertThat(e.code()).isEqualTo("TM-1013"));
    }
  }
}
