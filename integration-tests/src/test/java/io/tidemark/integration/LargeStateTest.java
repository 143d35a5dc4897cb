package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.TidemarkException;
import io.tidemark.container.SteppedJob;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Values larger than a record of the journal, and scans over many entries. */
@Timeout(120)
class LargeStateTest {
  private static final int LARGE = 5 << 20;
  private static final int ENTRIES = 50_000;

  @TempDir Path directory;

  private CountingJob job(String name) throws Exception {
    return new CountingJob(LocalKafka.shared(), name, 1, directory)
        .with("task.class", LargeStateTask.class.getName())
        .with("stores.values.factory", "rocksdb")
        .with("stores.values.key.serde", "string")
        .with("stores.values.msg.serde", "bytes");
  }

  @Test
  void values_of_5_megabytes_survive_in_the_state_and_in_the_journal_alone() throws Exception {
    CountingJob job = job("large-values");
    for (int i = 0; i < 4; i++) {
      job.send("large-" + i, Integer.toString(LARGE));
      job.runToEnd();
    }
    job.send("large-0", "10");
    job.runToEnd();
    for (String place : new String[] {"state", "another-machine"}) {
      Map<String, String> there = Map.of("job.state.dir", directory.resolve(place).toString());
      SteppedJob copy =
          SteppedJob.start(job.config().with(there), LargeStateTask::new, Map.of(), () -> 0);
      try {
        KeyValueStore<String, byte[]> values = copy.store(0, "values");
        assertThat(values.get("large-0")).isEqualTo(LargeStateTask.value("large-0", 10));
        for (int i = 1; i < 4; i++) {
          String key = "large-" + i;
          assertThat(values.get(key)).as(key).isEqualTo(LargeStateTask.value(key, LARGE));
        }
      } finally {
        copy.kill();
      }
    }
  }

  @Test
  @Tag("slow")
  void a_value_of_60_mebibytes_survives_and_one_of_70_is_refused_with_nothing_written()
      throws Exception {
    CountingJob job = job("largest-values");
    job.send("large", Integer.toString(60 << 20));
    job.runToEnd();
    job.send("larger", Integer.toString(70 << 20));
    assertThatThrownBy(job::runToEnd)
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining("TM-3016")
        .hasMessageContaining("store values")
        .hasMessageContaining("stores.values.max.value.bytes");
    for (String place : new String[] {"state", "another-machine"}) {
      Map<String, String> there = Map.of("job.state.dir", directory.resolve(place).toString());
      SteppedJob copy =
          SteppedJob.start(job.config().with(there), LargeStateTask::new, Map.of(), () -> 0);
      try {
        KeyValueStore<String, byte[]> values = copy.store(0, "values");
        assertThat(values.get("large")).isEqualTo(LargeStateTask.value("large", 60 << 20));
        assertThat(values.get("larger")).isNull();
        try (KeyValueIterator<String, byte[]> all = values.all()) {
          assertThat(all.next().key()).isEqualTo("large");
          assertThat(all.hasNext()).isFalse();
        }
      } finally {
        copy.kill();
      }
    }
  }

  @Test
  void ranges_over_50_000_entries_are_in_order_and_complete_before_and_after_a_rebuild()
      throws Exception {
    CountingJob job = job("large-ranges");
    Map<String, String> puts = new HashMap<>();
    for (int i = 0; i < ENTRIES; i++) {
      puts.put(String.format("key-%06d", i), "10");
    }
    job.send(puts);
    job.send("key-010000", "scan"); // with most of them not yet committed, or just so
    job.runToEnd();
    job.localState().delete();
    job.send("key-049990", "scan");
    job.runToEnd();
    Map<String, Long> counts = new HashMap<>();
    try (CommittedRecords<Long> outputs = job.outputs()) {
      outputs.readToEnd(record -> counts.put(record.key(), record.value()));
    }
    assertThat(counts).isEqualTo(Map.of("key-010000", ENTRIES - 10_000L, "key-049990", 10L));
  }
}
