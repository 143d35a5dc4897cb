package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.container.Progress;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ProgressLineTest {
  private final StringWriter shown = new StringWriter();
  private long nanos = 5;

  private ProgressLine line(boolean terminal) {
    return new ProgressLine(new PrintWriter(shown), terminal, () -> nanos);
  }

  private void pass(long milliseconds) {
    nanos += TimeUnit.MILLISECONDS.toNanos(milliseconds);
  }

  private static Progress progress(long recordsIn, int restarts) {
    return new Progress(recordsIn, 2 * recordsIn, 3, 0, 0, 40, restarts);
  }

  @Test
  void a_terminal_has_one_line_that_changes_and_what_is_said_stands_above_it() {
    ProgressLine line = line(true);
    pass(500);
    line.show(progress(1000, 0));
    line.say("container 1 was killed");
    pass(500);
    line.show(progress(1000, 1));
    line.finish("ended", progress(1000, 1));

    assertThat(shown.toString().lines().toList().toString().replace("\u001b[K", "<clear>"))
        .contains("1,000 records in, 2,000/s, lag 40, 3 commits, 0 restarts")
        .contains("<clear>container 1 was killed")
        .contains("1,000 records in, 1,400/s, lag 40, 3 commits, 1 restart")
        .contains("ended after 1.0 s: 1,000 records in (1,000/s), 2,000 out, 3 commits, 1 restart");
  }

  @Test
  void elsewhere_a_plain_line_comes_every_ten_seconds() {
    ProgressLine line = line(false);
    for (int i = 1; i <= 40; i++) {
      pass(500);
      line.show(progress(100L * i, 0));
    }
    line.finish("stopped", new Progress(4000, 0, 9, 1, 2, 0, 0));

    assertThat(shown.toString().lines())
        .containsExactly(
            "2,000 records in, 200/s, lag 40, 3 commits, 0 restarts",
            "4,000 records in, 200/s, lag 40, 3 commits, 0 restarts",
            "stopped after 20.0 s: 4,000 records in (200/s), 0 out, 9 commits, 0 restarts,"
                + " 1 skipped, 2 dead letters");
  }
}
