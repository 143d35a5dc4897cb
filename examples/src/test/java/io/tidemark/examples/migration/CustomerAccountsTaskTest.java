package io.tidemark.examples.migration;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.Config;
import io.tidemark.api.StateException;
import io.tidemark.container.Job;
import io.tidemark.examples.firstjob.CustomerTotalsTask;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.SystemProducer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CustomerAccountsTaskTest {
  @TempDir Path directory;

  private final MemorySystem memory = new MemorySystem("kafka");
  private final Config before =
      Config.load(Path.of("src/main/resources/customer-totals.properties"));
  private final Config after =
      Config.load(Path.of("src/main/resources/migration/customer-totals.properties"));

  @ParameterizedTest
  @ValueSource(strings = {"lazy", "eager"})
  void theSecondVersionGoesOnWithTheStateOfTheFirst(String migrate) {
    runFirstVersion();
    order("alice", "8");
    run(after.with(Map.of("stores.totals.migrate", migrate)), CustomerAccountsTask::new);
    order("bob", "1");
    run(after, CustomerAccountsTask::new);

    assertThat(totals()).containsExactly("12", "42", "5", "50 in 2 orders", "6 in 2 orders");
  }

  @Test
  void withoutTheMigrationTheSecondVersionIsRefusedAndTheFirstGoesOn() {
    runFirstVersion();
    order("alice", "8");
    Map<String, String> undeclared = new HashMap<>(after);
    undeclared.remove("stores.totals.migrations");
    assertThatThrownBy(() -> run(Config.of(undeclared), CustomerAccountsTask::new))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("has values of schema long (number 0)")
        .hasMessageContaining("json/io.tidemark.examples.migration.Account");
    run(before, CustomerTotalsTask::new);

    assertThat(totals()).containsExactly("12", "42", "5", "50");
  }

  private void runFirstVersion() {
    memory.admin().create(new StreamSpec("orders", 1, Map.of()));
    order("alice", "12");
    order("alice", "30");
    order("bob", "5");
    run(before, CustomerTotalsTask::new);
  }

  private void run(Config config, Supplier<?> task) {
    try (Job job =
        Job.of(config.with(Map.of("job.state.dir", directory.toString())))
            .task(task)
            .system("kafka", new MemoryJournals(memory))
            .untilEnd(true)
            .start()) {
      job.awaitEnd();
    }
  }

  private void order(String customer, String amount) {
    try (SystemProducer producer = memory.producer("test")) {
      byte[] key = customer.getBytes(UTF_8);
      producer.send(
          new OutgoingRecord("orders", -1, key, key, amount.getBytes(UTF_8), -1, List.of()));
    }
  }

  private List<String> totals() {
    return memory.records("customer-totals", 0).stream()
        .map(record -> new String(record.value(), UTF_8))
        .toList();
  }
}
