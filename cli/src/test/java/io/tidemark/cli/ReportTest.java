package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Config;
import io.tidemark.container.Progress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.NotEmpty;
import org.junit.jupiter.api.Test;

class ReportTest {
  @Property
  void every_report_is_one_line_and_comes_back(@ForAll String message, @ForAll boolean restart) {
    Report failed = new Report.Failed(restart, "TM-4001", message);

    assertThat(failed.line()).doesNotContain("\n", "\r");
    assertThat(Report.parse(failed.line())).isEqualTo(failed);
  }

  @Test
  void the_other_reports_come_back_too() {
    Report advanced = new Report.Advanced(new Progress(1, 2, 3, 4, 5, Long.MAX_VALUE, 0));

    assertThat(Report.parse(advanced.line())).isEqualTo(advanced);
    assertThat(Report.parse(new Report.Ready().line())).isEqualTo(new Report.Ready());
    assertThat(Report.parse(new Report.Ended().line())).isEqualTo(new Report.Ended());
  }

  @Test
  void what_is_no_report_is_none() {
    assertThat(Report.parse("")).isNull();
    assertThat(Report.parse("progress of sorts")).isNull();
    assertThat(Report.parse("progress 1 2 3")).isNull();
    assertThat(Report.parse("failed miserably")).isNull();
  }

  @Property
  void a_configuration_is_handed_over_as_it_is(@ForAll Map<@NotEmpty String, String> entries)
      throws IOException {
    StringWriter text = new StringWriter();
    HandedConfig.write(Config.of(entries), text);

    BufferedReader reader = new BufferedReader(new StringReader(text + "what follows"));
    assertThat(HandedConfig.read(reader)).isEqualTo(entries);
    assertThat(reader.readLine()).isEqualTo("what follows");
  }
}
