package io.tidemark.examples.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tidemark.examples.traffic.TrafficVerdict.Conclusion;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TrafficVerdictTest {
  private final TrafficOracle oracle = new TrafficOracle();
  private final List<String> visits = new ArrayList<>();
  private final List<String> sessions = new ArrayList<>();
  private final List<String> rejected = new ArrayList<>();
  private final Map<String, Visitor> visitors = new HashMap<>();
  private final Map<String, PageCount> pages = new HashMap<>();

  /** What the job must yield for five lines, one of them malformed. */
  @BeforeEach
  void yieldWhatIsRight() {
    for (int second = 1; second <= 4; second++) {
      oracle.accept(0, "h - - [01/Jan/1970:00:00:0" + second + " +0000] \"GET /a HTTP/1.1\" 404 7");
      visits.add(visit(second));
    }
    oracle.accept(0, "junk");
    sessions.add("{\"session\":1,\"began\":1,\"path\":\"/a\"}");
    rejected.add("junk");
    visitors.put("h", new Visitor(4, 28, 4, 1, 1, 4));
    pages.put("/a", new PageCount(4, 28));
  }

  @Test
  void whatIsRightIsExact() {
    Conclusion conclusion = conclude();

    assertThat(conclusion.isExact()).as("%s", conclusion).isTrue();
    assertThat(conclusion.compared()).isEqualTo(4 + 1 + 1 + 1 + 1);
    assertThat(conclusion).hasToString("exact: 8 messages and entries are equal");
  }

  @Test
  void aRepeatedMessageIsNamedAsSuch() {
    visits.add(2, visit(2));

    assertThat(conclude().explanations())
        .containsExactly(
            "visits: message 3 of 'h' is " + visit(2) + ": message 2 again",
            "visits: 'h' has 5 messages, expected 4");
  }

  @Test
  void aMessageTooManyAtTheEndIsNamed() {
    visits.add(visit(5));

    assertThat(conclude().explanations())
        .contains("visits: message 5 of 'h' is " + visit(5) + ": only 4 messages are expected");
  }

  @Test
  void aMessageLeftOutIsNamed() {
    visits.remove(1);

    assertThat(conclude().explanations())
        .containsExactly(
            "visits: message 2 of 'h' is " + visit(3) + ": this should be message 3",
            "visits: 'h' has 3 messages, expected 4");
  }

  @Test
  void aMessageLeftOutAtTheEndIsNamed() {
    sessions.clear();

    assertThat(conclude().explanations())
        .containsExactly("sessions: 'h' has 0 messages, expected 1");
  }

  @Test
  void aWrongMessageIsNamed() {
    visits.set(3, visit(9));

    assertThat(conclude().explanations())
        .containsExactly(
            "visits: message 4 of 'h' is "
                + visit(9)
                + ": no such message is expected for this key");
  }

  @Test
  void wrongMissingAndNeedlessEntriesAreNamed() {
    visitors.clear();
    pages.put("/a", new PageCount(5, 28));
    pages.put("/b", new PageCount(1, 1));
    rejected.add("junk");

    assertThat(conclude().explanations())
        .containsExactly(
            "store visitors of partition 0: 'h' is missing, expected "
                + new Visitor(4, 28, 4, 1, 1, 4),
            "store pages of partition 0: '/a' is "
                + pages.get("/a")
                + ", expected "
                + new PageCount(4, 28),
            "store pages of partition 0: '/b' is " + pages.get("/b") + ", expected nothing",
            "rejected lines: 'junk' is 2, expected 1");
  }

  @Test
  void aStoreThatWasNotGivenIsMissed() {
    Conclusion conclusion = new TrafficVerdict(oracle).conclude();

    assertThat(conclusion.explanations())
        .contains(
            "store visitors of partition 0 is missing", "store pages of partition 0 is missing");
  }

  @Test
  void manyDifferencesAreCountedAndTheFirstExplained() {
    IntStream.range(0, 100).forEach(i -> pages.put("/needless/" + i, new PageCount(1, 1)));

    Conclusion conclusion = conclude();

    assertThat(conclusion.differences()).isEqualTo(100);
    assertThat(conclusion.explanations()).hasSize(20);
    assertThat(conclusion.toString()).startsWith("100 differences in 108 messages and entries");
  }

  @Test
  void linesThatAreNotKeyedByHostAreRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> oracle.accept(1, "h - - [01/Jan/1970:00:00:05 +0000] \"GET /a HTTP/1.1\" 404 7"))
        .withMessageContaining("h was met in partition 0 and now in 1");
  }

  private Conclusion conclude() {
    TrafficVerdict verdict = new TrafficVerdict(oracle);
    visits.forEach(message -> verdict.visit("h", message));
    sessions.forEach(message -> verdict.session("h", message));
    rejected.forEach(verdict::rejected);
    verdict.visitors(0, visitors);
    verdict.pages(0, pages);
    return verdict.conclude();
  }

  private static String visit(int number) {
    return "{\"request\":%d,\"session\":1,\"path\":\"/a\",\"status\":404,\"bytes\":7}"
        .formatted(number);
  }
}
