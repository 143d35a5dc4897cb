package io.tidemark.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tidemark.examples.traffic.AccessLogGenerator;
import io.tidemark.examples.traffic.AccessLogLine;
import io.tidemark.examples.traffic.TrafficOracle;
import org.junit.jupiter.api.Test;

class BackgroundCountTest {
  @Test
  void everything_is_counted_as_if_in_one_thread() {
    AccessLogGenerator log = new AccessLogGenerator(3);
    TrafficOracle expected = new TrafficOracle();
    try (BackgroundCount count = new BackgroundCount()) {
      for (int i = 0; i < 5_001; i++) {
        String line = log.next();
        int partition = Math.floorMod(AccessLogLine.keyOf(line).hashCode(), 4);
        expected.accept(partition, line);
        count.add(partition, line);
      }
      TrafficOracle counted = count.finish();

      assertThat(counted.lines()).isEqualTo(5_001);
      assertThat(counted.rejected()).isEqualTo(expected.rejected());
      for (int partition = 0; partition < 4; partition++) {
        assertThat(counted.visitors(partition)).isEqualTo(expected.visitors(partition));
        assertThat(counted.pages(partition)).isEqualTo(expected.pages(partition));
      }
    }
  }

  @Test
  void what_cannot_be_counted_is_told_at_the_end() {
    String line = "h - - [01/Jan/1970:00:00:05 +0000] \"GET /a HTTP/1.1\" 404 7";
    try (BackgroundCount count = new BackgroundCount()) {
      count.add(0, line);
      count.add(1, line);

      assertThatIllegalArgumentException()
          .isThrownBy(count::finish)
          .withMessageContaining("h was met in partition 0 and now in 1");
    }
  }
}
