package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class ClassArchiveTest {
  @TempDir private Path folder;

  @Test
  void containers_use_the_archive_that_is_there() throws Exception {
    Path file = folder.resolve("classes.jsa");
    assertThat(ClassArchive.options(null)).isEmpty();
    assertThat(ClassArchive.options(file.toString())).isEmpty();

    Files.createFile(file);

    assertThat(ClassArchive.options(file.toString()))
        .containsExactly("-XX:SharedArchiveFile=" + file, "-Xlog:cds*=off");
  }

  @Test
  @Timeout(120)
  void a_java_that_can_do_nothing_with_it_says_nothing() throws Exception {
    Path file = Files.writeString(folder.resolve("classes.jsa"), "no archive");
    ProcessBuilder builder =
        new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    builder.command().addAll(ClassArchive.options(file.toString()));
    builder.command().addAll(List.of("-cp", System.getProperty("java.class.path")));
    builder.command().addAll(List.of(Main.class.getName(), "--version"));

    builder.environment().remove("JAVA_TOOL_OPTIONS");
    Process process = builder.redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    assertThat(output).hasLineCount(1).startsWith("tidemark ");
  }

  @Test
  @Timeout(240)
  void what_is_archived_is_a_whole_job() throws Exception {
    try (TidemarkProcess warmUp = new TidemarkProcess(folder, "warm-up")) {
      assertThat(warmUp.awaitExit()).as(warmUp.output()).isZero();
      assertThat(warmUp.output()).contains("verdict   exact");
    }
  }
}
