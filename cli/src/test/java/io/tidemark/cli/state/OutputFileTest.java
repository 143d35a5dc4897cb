package io.tidemark.cli.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
  @TempDir private Path folder;

  private void write(Path target, String text, boolean complete) throws IOException {
    try (OutputFile file = new OutputFile(target)) {
      file.stream().write(text.getBytes(StandardCharsets.UTF_8));
      if (complete) {
        file.complete();
      }
    }
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void a_complete_file_replaces_what_was_there() throws IOException {
    Path target = folder.resolve("export.csv");
    write(target, "one", true);
    write(target, "two", true);

    assertThat(target).content().isEqualTo("two");
    assertThat(files()).containsExactly(target);
  }

  @Test
  void an_unfinished_file_leaves_what_was_there_and_nothing_else() throws IOException {
    Path target = folder.resolve("export.csv");
    write(target, "one", true);
    write(target, "half", false);

    assertThat(target).content().isEqualTo("one");
    assertThat(files()).containsExactly(target);
  }

  @Test
  void a_place_that_cannot_be_written_is_told() {
    assertThatThrownBy(() -> new OutputFile(folder.resolve("nowhere").resolve("export.csv")))
        .hasMessageStartingWith("TM-6011: cannot write")
        .hasMessageContaining("export.csv");
  }
}
