package io.tidemark.benchmarks.contender;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AssignmentTest {
  @TempDir Path directory;

  @Test
  void reads_what_was_written() {
    Assignment assignment =
        new Assignment(
            "run-1",
            "localhost:9092",
            Workload.ENRICH,
            true,
            true,
            Duration.ofMillis(100),
            Duration.ZERO,
            2,
            new Share(1, 3),
            1 << 28,
            20,
            8,
            "in",
            "table",
            "out",
            directory.resolve("state"));
    Path file = directory.resolve("assignment.properties");
    assignment.write(file);
    assertThat(Assignment.read(file)).isEqualTo(assignment);
  }

  @Test
  void a_share_is_one_of_those_there_are() {
    assertThat(Share.WHOLE.isWhole()).isTrue();
    assertThat(new Share(1, 2).isWhole()).isFalse();
    assertThatThrownBy(() -> new Share(2, 2)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void says_what_is_missing() throws Exception {
    Path file = Files.writeString(directory.resolve("assignment.properties"), "application=a\n");
    assertThatThrownBy(() -> Assignment.read(file)).hasMessageContaining("bootstrap.servers");
  }
}
