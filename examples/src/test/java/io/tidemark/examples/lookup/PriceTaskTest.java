package io.tidemark.examples.lookup;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Config;
import io.tidemark.testing.TaskTester;
import io.tidemark.testing.TaskTester.Sent;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class PriceTaskTest {
  private static final Config CONFIG =
      Config.of(
          Map.of(
              "job.name", "prices",
              "task.inputs", "kafka.orders",
              "task.max.concurrency", "4",
              "systems.kafka.factory", "kafka",
              "systems.kafka.bootstrap.servers", "localhost:9092",
              "systems.kafka.key.serde", "string",
              "systems.kafka.msg.serde", "string",
              "streams.priced-orders.msg.serde", "long",
              "streams.orders.on.error", "dead-letter"));

  @Test
  void pricesGoOutInTheOrderOfTheOrdersHoweverTheServiceAnswers() {
    CompletableFuture<Long> slow = new CompletableFuture<>();
    try (TaskTester tester =
        TaskTester.of(
            CONFIG,
            () ->
                new PriceTask(
                    article ->
                        article.equals("anchor") ? slow : CompletableFuture.completedFuture(7L)))) {
      tester.send("orders", "anchor", "1");
      tester.send("orders", "rope", "1");
      tester.process();
      tester.commit();
      assertThat(tester.output("priced-orders")).isEmpty();

      slow.complete(90L);
      tester.commit();
      assertThat(tester.output("priced-orders"))
          .containsExactly(Sent.of("anchor", 90L), Sent.of("rope", 7L));
    }
  }

  @Test
  void anOrderWhosePriceIsNotKnownGoesToTheDeadLetters() {
    try (TaskTester tester =
        TaskTester.of(
            CONFIG,
            () ->
                new PriceTask(
                    article ->
                        CompletableFuture.failedFuture(
                            new IllegalArgumentException("no " + article))))) {
      tester.send("orders", "mast", "1");
      tester.process();
      tester.commit();
      assertThat(tester.output("priced-orders")).isEmpty();
      assertThat(tester.output("orders-rejected")).containsExactly(Sent.of("mast", "1"));
    }
  }
}
