package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The script {@code tidemark} in the layout of a release, with a Java that tells what it is told.
 */
@Timeout(60)
class ScriptTest {
  private static final String JAVA =
      """
      #!/bin/sh
      if [ "$*" = -version ]; then
        echo 'openjdk version "17.0.9" 2023-10-17' >&2
        echo 'OpenJDK 64-Bit Server VM (build 17.0.9+9-Acme/1, mixed mode, sharing)' >&2
        exit
      fi
      for each in "$@"; do
        case $each in
          -XX:ArchiveClassesAtExit=*)
            echo "archive: $*"
            echo classes >"${each#*=}"
            exit "${ARCHIVING_ENDS_WITH:-0}" ;;
        esac
      done
      printf '%s\\n' "$@"
      """;

  @TempDir private Path folder;
  private Path release;
  private Path archive;

  @BeforeEach
  void layOut() throws IOException {
    release = Files.createDirectories(folder.resolve("a release"));
    archive = release.resolve("classes-17.0.9+9-Acme_1.jsa");
    Files.createDirectory(release.resolve("lib"));
    Files.copy(project().resolve("tidemark"), release.resolve("tidemark"));
    Path java = Files.createDirectories(folder.resolve("java/bin")).resolve("java");
    Files.writeString(java, JAVA);
    Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void without_an_archive_of_classes_java_is_told_of_none() throws Exception {
    Ended ended = tidemark(Map.of("TIDEMARK_OPTS", "-Xmx1g -Da=b"), "config", "--check", "x y");

    assertThat(ended.status).as(ended.output).isZero();
    assertThat(ended.output.lines())
        .containsExactly(
            "-Xmx1g",
            "-Da=b",
            "-Dtidemark.broker.lib=" + release + "/broker",
            "-cp",
            release + "/lib/*",
            "io.tidemark.cli.Main",
            "config",
            "--check",
            "x y");
  }

  @Test
  void an_archive_is_made_once_and_used_by_each_start_unless_an_option_names_another()
      throws Exception {
    Ended made = tidemark(Map.of(), "archive");

    assertThat(made.status).as(made.output).isZero();
    assertThat(made.output).contains("archiving classes", "done in");
    assertThat(files()).containsExactlyInAnyOrder("lib", "tidemark", archive.getFileName() + "");

    Ended ended = tidemark(Map.of("TIDEMARK_OPTS", "-XX:SharedArchiveFile=mine"), "config");
    assertThat(ended.output.lines())
        .startsWith(
            "-XX:SharedArchiveFile=" + archive,
            "-Xlog:cds*=off",
            "-Dtidemark.archive=" + archive,
            "-XX:SharedArchiveFile=mine");
  }

  @Test
  void what_fails_leaves_the_former_archive_and_says_where_to_look() throws Exception {
    Files.writeString(archive, "former");

    Ended ended = tidemark(Map.of("ARCHIVING_ENDS_WITH", "3"), "archive");

    assertThat(ended.status).as(ended.output).isEqualTo(1);
    assertThat(ended.output).contains("no archive of classes was made", "archive.log");
    assertThat(archive).content().isEqualTo("former");
    assertThat(release.resolve("archive.log")).content().contains("io.tidemark.cli.Main warm-up");
    assertThat(files())
        .containsExactlyInAnyOrder(
            "lib", "tidemark", "archive.log", archive.getFileName().toString());
  }

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(release)) {
      return files.map(file -> file.getFileName().toString()).toList();
    }
  }

  private record Ended(int status, String output) {}

  private Ended tidemark(Map<String, String> environment, String... arguments) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(
                Stream.concat(
                        Stream.of("sh", release.resolve("tidemark").toString()),
                        Stream.of(arguments))
                    .toList())
            .redirectErrorStream(true);
    builder.environment().remove("TIDEMARK_OPTS");
    builder.environment().put("JAVA_HOME", folder.resolve("java").toString());
    builder.environment().putAll(environment);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return new Ended(process.exitValue(), output);
  }

  private static Path project() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("mvnw")) && folder.getParent() != null) {
      folder = folder.getParent();
    }
    return folder;
  }
}
