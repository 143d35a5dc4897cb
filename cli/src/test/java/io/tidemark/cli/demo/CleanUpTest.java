package io.tidemark.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

class CleanUpTest {
  private final CleanUp cleanUp = new CleanUp();
  private final List<String> ended = new ArrayList<>();

  @Test
  void what_was_begun_last_ends_first_and_once() {
    begin("broker");
    begin("job");

    cleanUp.close();
    cleanUp.close();

    assertThat(ended).containsExactly("job", "broker");
  }

  @Test
  void what_cannot_be_ended_does_not_spare_the_rest() {
    begin("broker");
    cleanUp.begin(
        () ->
            () -> {
              throw new IllegalStateException("stuck");
            });

    cleanUp.close();

    assertThat(ended).containsExactly("broker");
  }

  @Test
  void nothing_begins_after_the_end() {
    cleanUp.close();

    assertThatThrownBy(() -> begin("broker")).isInstanceOf(CancellationException.class);
  }

  @Test
  void the_directory_goes_with_all_that_is_in_it() throws IOException {
    Path directory = cleanUp.directory();
    Files.writeString(Files.createDirectories(directory.resolve("a/b")).resolve("c"), "text");

    cleanUp.close();

    assertThat(directory).doesNotExist();
  }

  @Test
  void the_directory_stays_if_told() throws IOException {
    Path directory = cleanUp.directory();
    cleanUp.leaveDirectory();

    cleanUp.close();

    assertThat(directory).exists();
    Files.delete(directory);
  }

  private void begin(String name) {
    cleanUp.begin(() -> () -> ended.add(name));
  }
}
