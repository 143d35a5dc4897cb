package io.tidemark.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

class ScreenTest {
  private final StringWriter shown = new StringWriter();

  @Test
  void each_phase_is_a_line_with_its_time() {
    Screen screen = new Screen(new PrintWriter(shown), false);

    screen.begin("broker", "starting");
    screen.progress("half started");
    screen.done("is up");

    assertThat(shown.toString()).matches("broker    is up +0\\.\\d s\\R");
  }

  @Test
  void a_terminal_shows_progress_in_place() {
    Screen screen = new Screen(new PrintWriter(shown), true);

    screen.begin("job", "starting");
    screen.progress("half done");
    screen.note("killed");

    assertThat(shown.toString())
        .isEqualToNormalizingNewlines(
            "\r\u001b[2Kjob       starting\r\u001b[2Kjob       half done\r\u001b[2K          killed\n");
  }
}
