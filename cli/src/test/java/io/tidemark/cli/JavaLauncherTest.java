package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class JavaLauncherTest {
  private static final long GIB = 1L << 30;

  @Test
  void containers_share_half_of_the_memory_within_limits() {
    assertThat(JavaLauncher.heapMib(4 * GIB, 4)).isEqualTo(512);
    assertThat(JavaLauncher.heapMib(64 * GIB, 2)).isEqualTo(1024);
    assertThat(JavaLauncher.heapMib(GIB / 2, 8)).isEqualTo(128);
  }

  @Test
  void options_are_separated_by_blanks() {
    assertThat(JavaLauncher.options("  -Xmx2g   -Da=b ")).containsExactly("-Xmx2g", "-Da=b");
    assertThat(JavaLauncher.options("")).isEmpty();
  }
}
