package io.tidemark.examples.enrichment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.Config;
import io.tidemark.testing.TaskTester;
import io.tidemark.testing.TaskTester.Sent;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OrderEnrichmentTaskTest {
  private static Config config() throws Exception {
    return Config.load(
            Path.of(
                OrderEnrichmentTaskTest.class.getResource("/order-enrichment.properties").toURI()))
        .with(Map.of("stores.cities.factory", "memory", "stores.products.factory", "memory"));
  }

  @Test
  void anOrderIsEnrichedWithWhatIsKnownWhenItIsProcessed() throws Exception {
    try (TaskTester tester = TaskTester.of(config(), OrderEnrichmentTask::new)) {
      tester.send("orders", "ada", "p1");
      tester.send("products", "p1", "anchor");
      tester.send("customer-cities", "ada", "Bergen");
      tester.commit();
      tester.kill();
      tester.send("customer-cities", "ada", "Oslo");
      tester.send("orders", "ada", "p1");
      tester.commit();
      assertThat(tester.output("parcels"))
          .containsExactly(Sent.of("ada", "anchor to Bergen"), Sent.of("ada", "anchor to Oslo"));
    }
  }

  @Test
  void aProductThatIsNoLongerSoldIsNotPacked() throws Exception {
    try (TaskTester tester = TaskTester.of(config(), OrderEnrichmentTask::new)) {
      tester.send("products", "p1", "anchor");
      tester.send("customer-cities", "ada", "Bergen");
      tester.process();
      tester.send("products", "p1", null);
      tester.send("orders", "ada", "p1");
      assertThatThrownBy(tester::process).hasMessageContaining("unknown product");
    }
  }
}
