package io.tidemark.examples.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.arbitraries.StringArbitrary;

class AccessLogPropertyTest {
  private static final long YEAR_1970 = 0;
  private static final long YEAR_9999 = 253_370_764_800L;

  @Property(tries = 2_000)
  void parsingAFormattedLineGivesTheLineBack(@ForAll("lines") AccessLogLine line) {
    String text = line.format();

    assertThat(AccessLogLine.parse(text)).isEqualTo(line);
    assertThat(AccessLogLine.parse(text).format()).isEqualTo(text);
  }

  @Property(tries = 5_000)
  void jobAndOracleAgreeOnDamagedLines(
      @ForAll("lines") AccessLogLine line, @ForAll("damages") Damage damage) {
    TrafficVerdict.Conclusion verdict = TaskOnMaps.verdictOn(List.of(damage.done(line.format())));

    assertThat(verdict.isExact()).as("%s", verdict).isTrue();
  }

  /** Puts some characters in the place of others. */
  record Damage(double from, int removed, String inserted) {
    String done(String line) {
      int start = (int) (from * line.length());
      int end = Math.min(line.length(), start + removed);
      return line.substring(0, start) + inserted + line.substring(end);
    }
  }

  @Provide
  Arbitrary<Damage> damages() {
    return Combinators.combine(
            Arbitraries.doubles().between(0, 1),
            Arbitraries.integers().between(0, 4),
            Arbitraries.strings().withChars(" []\"\\-+:/?0129\n\r\u0000Az").ofMaxLength(3))
        .as(Damage::new);
  }

  @Provide
  Arbitrary<AccessLogLine> lines() {
    Arbitrary<String> word = texts(".:-_@[]\"\\%").ofMinLength(1);
    Arbitrary<String> user =
        Combinators.combine(Arbitraries.strings().alpha().ofMinLength(1), texts(" .-"))
            .as((first, rest) -> first + rest);
    Arbitrary<String> quoted =
        texts(" /?=&%\"\\\u0001\u00e9\u6c34").map(AccessLogPropertyTest::escape);
    Arbitrary<String> request =
        Arbitraries.oneOf(quoted, texts("/?=&%.-").map(target -> "GET /" + target + " HTTP/1.1"));
    Arbitrary<Integer> offsetMinutes = Arbitraries.integers().between(-1439, 1439);
    Arbitrary<Long> epochSecond = Arbitraries.longs().between(YEAR_1970 + 86_400, YEAR_9999);
    Arbitrary<Integer> status =
        Arbitraries.oneOf(Arbitraries.of(0), Arbitraries.integers().between(100, 999));
    Arbitrary<Long> bytes =
        Arbitraries.longs().between(AccessLogLine.NO_BYTES, 999_999_999_999_999_999L);
    Arbitrary<String> referer = quoted.injectNull(0.1);
    Arbitrary<AccessLogLine> withoutAgent =
        Combinators.combine(word, word, user, epochSecond, offsetMinutes, request, status, bytes)
            .flatAs(
                (host, identity, name, time, offset, asked, answer, size) ->
                    referer.map(
                        from ->
                            new AccessLogLine(
                                host, identity, name, time, offset, asked, answer, size, from,
                                null)));
    return Combinators.combine(withoutAgent, quoted).as(AccessLogPropertyTest::withAgent);
  }

  /** A user agent only follows a referer; some lines stay without it. */
  private static AccessLogLine withAgent(AccessLogLine line, String userAgent) {
    if (line.referer() == null || userAgent.length() % 5 == 4) {
      return line;
    }
    return new AccessLogLine(
        line.host(),
        line.identity(),
        line.user(),
        line.epochSecond(),
        line.offsetMinutes(),
        line.request(),
        line.status(),
        line.bytes(),
        line.referer(),
        userAgent);
  }

  private static StringArbitrary texts(String special) {
    return Arbitraries.strings()
        .withCharRange('a', 'z')
        .numeric()
        .withChars(special)
        .ofMaxLength(20);
  }

  private static String escape(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"");
  }
}
