package io.tidemark.benchmarks.flink;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckpointsTest {
  @TempDir private Path directory;

  @Test
  void anEmptyDirectoryHasNoCheckpoint() {
    assertThat(Checkpoints.newest(directory)).isEmpty();
  }

  @Test
  void theNewestIsTheOneOfTheHighestNumberThatIsComplete() throws IOException {
    Files.createDirectories(directory.resolve("checkpoints/job/shared"));
    complete("checkpoints/job/chk-9");
    Path newest = complete("checkpoints/later-job/chk-10");
    Files.createDirectories(directory.resolve("checkpoints/later-job/chk-11"));

    assertThat(Checkpoints.newest(directory)).contains(newest.toAbsolutePath());
  }

  private Path complete(String name) throws IOException {
    Path checkpoint = Files.createDirectories(directory.resolve(name));
    Files.writeString(checkpoint.resolve("_metadata"), "all of it");
    return checkpoint;
  }
}
