package io.tidemark.examples.embedding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Config;
import io.tidemark.container.Job;
import io.tidemark.examples.firstjob.CustomerTotalsTask;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.SystemProducer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TotalsProgramTest {
  @TempDir Path directory;

  @Test
  void aJobRunsInThisProcessToTheEndOfItsInput() {
    MemorySystem memory = new MemorySystem("kafka");
    memory.admin().create(new StreamSpec("orders", 2, Map.of()));
    order(memory, "alice", "12");
    order(memory, "alice", "30");
    Config config =
        Config.load(Path.of("src/main/resources/customer-totals.properties"))
            .with(Map.of("job.state.dir", directory.toString()));

    try (Job job =
        Job.of(config)
            .task(CustomerTotalsTask::new)
            .system("kafka", new MemoryJournals(memory))
            .untilEnd(true)
            .start()) {
      job.awaitEnd();
      assertThat(job.progress().recordsIn()).isEqualTo(2);
    }

    assertThat(totals(memory, 0)).isEmpty();
    assertThat(totals(memory, 1)).containsExactly("12", "42");
  }

  private static void order(MemorySystem memory, String customer, String amount) {
    try (SystemProducer producer = memory.producer("test")) {
      byte[] key = customer.getBytes(UTF_8);
      producer.send(
          new OutgoingRecord("orders", -1, key, key, amount.getBytes(UTF_8), -1, List.of()));
    }
  }

  private static List<String> totals(MemorySystem memory, int partition) {
    return memory.records("customer-totals", partition).stream()
        .map(record -> new String(record.value(), UTF_8))
        .toList();
  }
}
