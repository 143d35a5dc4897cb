package io.tidemark.examples.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessLogLineTest {
  private static final String COMMON =
      "192.0.2.7 - - [17/May/2015:10:05:03 +0000] \"GET /a HTTP/1.1\" 200 512";

  @Test
  void aCombinedLineGivesAllItsFields() {
    AccessLogLine line =
        AccessLogLine.parse(
            "2001:db8::1 ident alice [29/Feb/2024:23:59:58 -0330] \"POST /form?a=b HTTP/2.0\" 302 0"
                + " \"https://example.org/\" \"Mozilla/5.0 (X11)\"");

    assertThat(line)
        .isEqualTo(
            new AccessLogLine(
                "2001:db8::1",
                "ident",
                "alice",
                Instant.parse("2024-03-01T03:29:58Z").getEpochSecond(),
                -210,
                "POST /form?a=b HTTP/2.0",
                302,
                0,
                "https://example.org/",
                "Mozilla/5.0 (X11)"));
    assertThat(line.path()).isEqualTo("/form");
  }

  @Test
  void aCommonLineHasNeitherRefererNorUserAgent() {
    AccessLogLine line = AccessLogLine.parse(COMMON);

    assertThat(line.referer()).isNull();
    assertThat(line.userAgent()).isNull();
    assertThat(line.bytesSent()).isEqualTo(512);
  }

  @Test
  void aLineMayEndAfterTheReferer() {
    AccessLogLine line = AccessLogLine.parse(COMMON + " \"-\"");

    assertThat(line.referer()).isEqualTo("-");
    assertThat(line.userAgent()).isNull();
  }

  @Test
  void dashesStandForNoStatusAndNoBytes() {
    AccessLogLine line = AccessLogLine.parse("h - - [17/May/2015:10:05:03 +0000] \"-\" - -");

    assertThat(line.status()).isZero();
    assertThat(line.isError()).isFalse();
    assertThat(line.bytes()).isEqualTo(AccessLogLine.NO_BYTES);
    assertThat(line.bytesSent()).isZero();
  }

  @Test
  void aQuoteAfterABackslashBelongsToTheText() {
    AccessLogLine line =
        AccessLogLine.parse(COMMON + " \"\\\\\" \"says \\\"hello\\\" and \\\\\\\"\"");

    assertThat(line.referer()).isEqualTo("\\\\");
    assertThat(line.userAgent()).isEqualTo("says \\\"hello\\\" and \\\\\\\"");
  }

  @Test
  void aUserMayContainSpaces() {
    assertThat(AccessLogLine.parse(COMMON.replace("- -", "- John Q. Doe")).user())
        .isEqualTo("John Q. Doe");
  }

  @Test
  void anythingMayStandInARequest() {
    String junk = "\\x16\\x03\u0001\u00ff\u4e2d[] \\\" -";

    AccessLogLine line = AccessLogLine.parse(COMMON.replace("GET /a HTTP/1.1", junk));

    assertThat(line.request()).isEqualTo(junk);
  }

  @Test
  void blanksAtTheEndAreIgnored() {
    assertThat(AccessLogLine.parse(COMMON + " \t\r\n")).isEqualTo(AccessLogLine.parse(COMMON));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "GET /a?b=c HTTP/1.1|/a",
        "GET /a|/a",
        "GET /a/%20?x?y HTTP/1.0|/a/%20",
        "GET ?x HTTP/1.0|-",
        "GET  /a HTTP/1.0|-",
        "GET |-",
        "GET|-",
        "-|-",
        "CONNECT example.org:443 HTTP/1.1|example.org:443",
      })
  void thePathIsTheRequestsSecondWordWithoutItsQuery(String request, String path) {
    assertThat(AccessLogLine.parse(COMMON.replace("GET /a HTTP/1.1", request)).path())
        .isEqualTo(path);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|1|host is missing",
        "h|1|nothing follows the client's host",
        "h -|3|nothing follows the client's identity",
        "h - -|5|user and then a time",
        "h - - 17/May/2015|5|user and then a time",
        "h - [17/May/2015:10:05:03 +0000] \"a [b\" 200 1|5|user is missing",
        "h - - [7/May/2015:10:05:03 +0000] \"-\" 200 1|9|the day should have 2 digits",
        "h - - [31/Feb/2015:10:05:03 +0000] \"-\" 200 1|8|there is no such day",
        "h - - [17/Mai/2015:10:05:03 +0000] \"-\" 200 1|11|the month should be",
        "h - - [17/May/2015:24:05:03 +0000] \"-\" 200 1|20|the hour should be below 24",
        "h - - [17/May/2015:10:05:60 +0000] \"-\" 200 1|26|the second should be below 60",
        "h - - [17/May/2015:10:05:03 UTC] \"-\" 200 1|29|the zone should be",
        "h - - [17/May/2015:10:05:03 +0000 \"-\" 200 1|34|after the time",
        "h - - [17/May/2015:10:05:03 +0000] GET 200 1|36|a quote before the request",
        "h - - [17/May/2015:10:05:03 +0000] \"GET /a|36|never closed",
        "h - - [17/May/2015:10:05:03 +0000] \"-\"|39|but the line ends",
        "h - - [17/May/2015:10:05:03 +0000] \"-\" 20 1|42|the status should have 3 digits",
        "h - - [17/May/2015:10:05:03 +0000] \"-\" 020 1|40|not begin with 0",
        "h - - [17/May/2015:10:05:03 +0000] \"-\" 200 1234567890123456789|62|too long",
        "h - - [17/May/2015:10:05:03 +0000] \"-\" 200 x|44|digits or '-'",
        "h - - [17/May/2015:10:05:03 +0000] \"-\" 200 1x|45|a space before the next text",
        "h - - [17/May/2015:10:05:03 +0000] \"-\" 200 1 \"a\" \"b\" 7|53|should have ended",
        "h - - [17/May/2015:10:05:03 +0000] \"-\" 200 1 \"a\" \"b|50|the user agent is never closed",
        "h - - [17/May/2015:10:05:03 +0000] \"-\" 200 1 \"a\\\"|46|the referer is never closed",
      })
  void aMalformedLineIsRefusedWithItsProblemAndColumn(String line, int column, String problem) {
    MalformedLogLineException refusal = refusal(line);

    assertThat(refusal).hasMessageContaining(problem);
    assertThat(refusal.column()).isEqualTo(column);
    assertThat(refusal).hasMessageContaining("column " + column);
  }

  @ParameterizedTest
  @ValueSource(strings = {" ", "\u0000", "\u0016\u0003\u0001", "[[[[", "\"\"\"\"", "- - - - - -"})
  void junkIsRefused(String junk) {
    assertThat(refusal(junk)).isNotNull();
  }

  @Test
  void aLineIsKeyedByItsHostAndAMalformedOneByItsFirstWord() {
    assertThat(AccessLogLine.keyOf(COMMON)).isEqualTo(AccessLogLine.parse(COMMON).host());
    assertThat(AccessLogLine.keyOf("192.0.")).isEqualTo("192.0.");
    assertThat(AccessLogLine.keyOf(" x")).isEmpty();
    assertThat(AccessLogLine.keyOf("")).isEmpty();
  }

  @Test
  void everyBeginningOfALineButACompleteCommonOneIsRefused() {
    String line = COMMON + " \"-\" \"agent\"";

    List<Integer> accepted =
        IntStream.rangeClosed(0, line.length())
            .filter(length -> refusal(line.substring(0, length)) == null)
            .boxed()
            .toList();

    int common = COMMON.length();
    assertThat(accepted)
        .containsExactly(
            common - 2, common - 1, common, common + 1, common + 4, common + 5, line.length());
  }

  @Test
  void aRealLogIsReadAndWrittenBackUnchanged() throws IOException {
    List<String> lines = RealAccessLog.lines();

    List<String> refused = lines.stream().filter(line -> refusal(line) != null).toList();
    assertThat(refused).singleElement().asString().endsWith("+http://www.google.com/bot.html");
    assertThat(lines)
        .filteredOn(line -> !refused.contains(line))
        .allSatisfy(line -> assertThat(AccessLogLine.parse(line).format()).isEqualTo(line));
  }

  private static MalformedLogLineException refusal(String line) {
    return catchThrowableOfType(MalformedLogLineException.class, () -> AccessLogLine.parse(line));
  }
}
