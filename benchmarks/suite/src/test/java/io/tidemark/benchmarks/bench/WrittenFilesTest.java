package io.tidemark.benchmarks.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WrittenFilesTest {
  @TempDir private Path directory;

  @Test
  void aFileCountsOnceWhateverBecomesOfIt() throws IOException {
    Path place = directory.resolve("checkpoints");
    WrittenFiles written = new WrittenFiles(place);
    written.look();
    assertThat(written.bytes()).isZero();

    Path first = Files.createDirectories(place.resolve("a")).resolve("first.tmp");
    Files.write(first, new byte[100]);
    written.look();
    assertThat(written.bytes()).isEqualTo(100);

    Path renamed = Files.move(first, place.resolve("first"));
    Files.write(place.resolve("second"), new byte[30]);
    written.look();
    written.look();
    assertThat(written.bytes()).isEqualTo(130);

    Files.delete(renamed);
    written.look();
    assertThat(written.bytes()).isEqualTo(130);
  }
}
