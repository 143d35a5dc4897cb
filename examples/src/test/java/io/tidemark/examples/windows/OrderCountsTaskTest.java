package io.tidemark.examples.windows;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Config;
import io.tidemark.api.KeyValueStore;
import io.tidemark.testing.TaskTester;
import io.tidemark.testing.TaskTester.Sent;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OrderCountsTaskTest {
  @Test
  void countsAreToldOnceAMinuteAndBeginAnew() {
    try (TaskTester tester = TaskTester.of(config(), OrderCountsTask::new)) {
      tester.send("orders", "alice", "");
      tester.send("orders", "bob", "");
      tester.send("orders", "alice", "");
      tester.advance(Duration.ofSeconds(59));
      tester.commit();
      assertThat(tester.output("order-counts")).isEmpty();

      tester.killAndLoseState();
      tester.advance(Duration.ofSeconds(60));
      tester.commit();
      assertThat(tester.output("order-counts"))
          .containsExactly(Sent.of("alice", 2), Sent.of("bob", 1));
      KeyValueStore<String, Integer> counts = tester.store("counts");
      assertThat(counts.get("alice")).isNull();
    }
  }

  private static Config config() {
    Map<String, String> entries = new HashMap<>();
    entries.put("job.name", "order-counts");
    entries.put("task.inputs", "kafka.orders");
    entries.put("task.window.ms", "60000");
    entries.put("systems.kafka.factory", "kafka");
    entries.put("systems.kafka.bootstrap.servers", "localhost:9092");
    entries.put("systems.kafka.key.serde", "string");
    entries.put("systems.kafka.msg.serde", "string");
    entries.put("streams.order-counts.msg.serde", "integer");
    entries.put("stores.counts.key.serde", "string");
    entries.put("stores.counts.msg.serde", "integer");
    return Config.of(entries);
  }
}
