package io.tidemark.examples.prefetch;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Config;
import io.tidemark.api.KeyValueStore;
import io.tidemark.testing.TaskTester;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LifetimeTotalsTaskTest {
  @Test
  void addsUpWhatIsOnDiskAndWhatIsInMemory() {
    Config config =
        Config.of(
            Map.of(
                "job.name", "lifetime-totals",
                "task.inputs", "kafka.orders",
                "systems.kafka.factory", "kafka",
                "systems.kafka.bootstrap.servers", "localhost:9092",
                "systems.kafka.key.serde", "string",
                "systems.kafka.msg.serde", "long",
                "stores.totals.key.serde", "string",
                "stores.totals.msg.serde", "long"));
    try (TaskTester tester = TaskTester.of(config, LifetimeTotalsTask::new)) {
      for (int round = 0; round < 3; round++) {
        for (int i = 0; i < 1000; i++) {
          tester.send("orders", "customer " + i, (long) i);
        }
        tester.process();
        tester.commit();
        tester.stop(); // what follows finds nothing in memory
      }
      KeyValueStore<String, Long> totals = tester.store("totals");
      for (int i = 0; i < 1000; i++) {
        assertThat(totals.get("customer " + i)).isEqualTo(3L * i);
      }
    }
  }
}
