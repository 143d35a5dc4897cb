package io.tidemark.benchmarks.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Config;
import io.tidemark.benchmarks.contender.Assignment;
import io.tidemark.benchmarks.contender.Message;
import io.tidemark.benchmarks.contender.Share;
import io.tidemark.benchmarks.contender.Workload;
import io.tidemark.testing.TaskTester;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class WorkloadTaskTest {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(names = {"COUNT", "READ_MODIFY_WRITE", "MANY_STORES"})
  void counts_per_key(Workload workload) {
    assertThat(sent(workload)).containsExactly(1L, 1L, 2L, 1L);
  }

  @Test
  void sends_the_number_of_the_last_message() {
    assertThat(sent(Workload.LATEST)).containsExactly(0L, 1L, 2L, 3L);
  }

  private List<Object> sent(Workload workload) {
    Assignment assignment =
        new Assignment(
            "test",
            "localhost:1",
            workload,
            true,
            true,
            Duration.ofMillis(100),
            Duration.ZERO,
            1,
            Share.WHOLE,
            64 << 20,
            3,
            1,
            "in",
            "table",
            "out",
            directory);
    Map<String, String> settings = new HashMap<>(TidemarkContender.settings(assignment));
    try (TaskTester tester =
        TaskTester.of(Config.of(settings), () -> WorkloadTask.of(assignment))) {
      long[] keys = {5, 6, 5, 8};
      for (int number = 0; number < keys.length; number++) {
        tester.send("in", keys[number], Message.of(number));
      }
      tester.process();
      tester.commit();
      List<Object> sent = new ArrayList<>();
      for (TaskTester.Sent each : tester.output("out")) {
        sent.add(each.message());
      }
      return sent;
    }
  }

  @Test
  void a_copy_of_another_number_keeps_the_rest() {
    byte[] changed = Message.withNumber(Message.of(3), 9);
    assertThat(Message.number(changed)).isEqualTo(9);
    assertThat(ByteBuffer.wrap(changed).getLong(8))
        .isEqualTo(ByteBuffer.wrap(Message.of(3)).getLong(8));
  }
}
