package io.tidemark.examples.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.tidemark.api.OutgoingMessageEnvelope;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class WebsiteTrafficTaskTest {
  private static final long NOON = 1_431_864_000; // 2015-05-17T12:00:00Z

  private final List<String> sent = new ArrayList<>();
  private final TaskOnMaps task = new TaskOnMaps(message -> sent.add(text(message)));

  @Test
  void aFirstRequestBeginsASession() {
    task.process(line("192.0.2.7", "12:00:00", "/blog/?page=2", 200, "512"));

    assertThat(sent)
        .containsExactly(
            "kafka.sessions 192.0.2.7 {\"session\":1,\"began\":1431864000,\"path\":\"/blog/\"}",
            "kafka.visits 192.0.2.7 {\"request\":1,\"session\":1,\"path\":\"/blog/\","
                + "\"status\":200,\"bytes\":512}");
    assertThat(task.visitors())
        .isEqualTo(Map.of("192.0.2.7", new Visitor(1, 512, 0, 1, NOON, NOON)));
    assertThat(task.pages()).isEqualTo(Map.of("/blog/", new PageCount(1, 512)));
  }

  @Test
  void aSessionEndsAfterMoreThanHalfAnHourOfSilence() {
    task.process(line("h", "12:00:00", "/", 200, "1"));
    task.process(line("h", "12:30:00", "/", 404, "-"));
    assertThat(task.visitors().get("h")).isEqualTo(new Visitor(2, 1, 1, 1, NOON, NOON + 1800));

    task.process(line("h", "13:00:01", "/", 500, "9"));

    assertThat(task.visitors().get("h")).isEqualTo(new Visitor(3, 10, 2, 2, NOON, NOON + 3601));
    assertThat(sent).filteredOn(message -> message.startsWith("kafka.sessions")).hasSize(2);
  }

  @Test
  void aLineThatWasLoggedLateJoinsTheRunningSession() {
    task.process(line("h", "12:00:00", "/", 200, "1"));
    task.process(line("h", "11:00:00", "/", 200, "1"));
    task.process(line("h", "12:00:05", "/", 200, "1"));

    assertThat(task.visitors().get("h")).isEqualTo(new Visitor(3, 3, 0, 1, NOON - 3600, NOON + 5));
  }

  @Test
  void clientsAndPagesAreCountedApart() {
    task.process(line("a", "12:00:00", "/x", 200, "1"));
    task.process(line("b", "12:00:00", "/x?y", 200, "2"));
    task.process(line("a", "12:00:00", "/y", 200, "4"));

    assertThat(task.visitors().get("a").requests()).isEqualTo(2);
    assertThat(task.visitors().get("b").requests()).isEqualTo(1);
    assertThat(task.pages())
        .isEqualTo(Map.of("/x", new PageCount(2, 3), "/y", new PageCount(1, 4)));
  }

  @Test
  void pathsAreEscapedInMessages() {
    task.process(line("h", "12:00:00", "/\\\"a\\\\\u0001\u001f", 200, "1"));

    assertThat(sent.get(0)).contains("\"path\":\"/\\\\\\\"a\\\\\\\\\\u0001\\u001f\"");
  }

  @Test
  void aMalformedLineChangesNothing() {
    assertThatExceptionOfType(MalformedLogLineException.class)
        .isThrownBy(() -> task.process("192.0.2.7 - - [17/May"));

    assertThat(sent).isEmpty();
    assertThat(task.visitors()).isEmpty();
    assertThat(task.pages()).isEmpty();
  }

  @Test
  void aGeneratedLogGivesWhatTheOracleSays() {
    AccessLogGenerator generator = new AccessLogGenerator(11, 2_000, 100, 100_000);
    List<String> lines = Stream.generate(generator::next).limit(100_000).toList();

    TrafficVerdict.Conclusion verdict = TaskOnMaps.verdictOn(lines);

    assertThat(verdict.isExact()).as("%s", verdict).isTrue();
    assertThat(verdict.compared()).isGreaterThan(100_000);
  }

  @Test
  void aRealLogGivesWhatTheOracleSays() throws IOException {
    TrafficVerdict.Conclusion verdict = TaskOnMaps.verdictOn(RealAccessLog.lines());

    assertThat(verdict.isExact()).as("%s", verdict).isTrue();
  }

  private static String line(String host, String time, String target, int status, String bytes) {
    return host
        + (" - - [17/May/2015:" + time + " +0000] \"GET " + target + " HTTP/1.1\" ")
        + (status + " " + bytes + " \"-\" \"agent\"");
  }

  private static String text(OutgoingMessageEnvelope message) {
    return message.getSystemStream() + " " + message.getKey() + " " + message.getMessage();
  }
}
