package io.tidemark.examples.wordcounts;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Config;
import io.tidemark.api.KeyValueStore;
import io.tidemark.testing.TaskTester;
import io.tidemark.testing.TaskTester.Sent;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class WordCountsTest {
  @Test
  void equalWordsOfDifferentLinesAreCountedTogether() {
    Config config = Config.load(Path.of("src/main/resources/word-counts.properties"));
    try (TaskTester tester =
        new TaskTester.Builder(config)
            .task("split", SplitLinesTask::new)
            .task("count", CountWordsTask::new)
            .build()) {
      tester.send("lines", null, "The tide rises,");
      tester.send("lines", null, "the tide falls");
      tester.commit(); // through both stages
      tester.kill();
      KeyValueStore<String, Long> counts = tester.store("counts");
      assertThat(counts.get("tide")).isEqualTo(2);
      assertThat(tester.output("word-counts"))
          .containsExactlyInAnyOrder(
              Sent.of("the", "1"),
              Sent.of("tide", "1"),
              Sent.of("rises", "1"),
              Sent.of("the", "2"),
              Sent.of("tide", "2"),
              Sent.of("falls", "1"));
    }
  }
}
