package io.tidemark.cli.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UserClasspathTest {
  private final ClassLoader before = Thread.currentThread().getContextClassLoader();

  @TempDir private Path folder;

  @AfterEach
  void restore() {
    Thread.currentThread().setContextClassLoader(before);
  }

  @Test
  void a_folder_with_a_star_means_its_jars() throws IOException {
    Path a = Files.createFile(folder.resolve("a.jar"));
    Path b = Files.createFile(folder.resolve("b.jar"));
    Files.createFile(folder.resolve("notes.txt"));

    assertThat(UserClasspath.parse(folder + "/*").entries()).containsExactly(a, b);
    assertThat(UserClasspath.parse(b + File.pathSeparator + folder).entries())
        .containsExactly(b, folder);
    assertThat(UserClasspath.parse("").entries()).isEmpty();
  }

  @Test
  void what_is_listed_is_found_by_the_thread() throws IOException {
    Files.writeString(folder.resolve("mine.txt"), "here");

    UserClasspath.parse(folder.toString()).useInThisThread();

    assertThat(Thread.currentThread().getContextClassLoader().getResource("mine.txt")).isNotNull();
  }
}
