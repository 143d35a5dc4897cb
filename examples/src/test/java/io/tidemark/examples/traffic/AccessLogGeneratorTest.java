package io.tidemark.examples.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AccessLogGeneratorTest {
  private static final int LINES = 200_000;
  private static final List<String> LOG = log(7, LINES);
  private static final List<AccessLogLine> PARSED = parsed(LOG);

  @Test
  void oneSeedGivesOneLog() {
    assertThat(log(7, 5_000)).isEqualTo(LOG.subList(0, 5_000));
    assertThat(log(8, 5_000)).isNotEqualTo(LOG.subList(0, 5_000));
  }

  /** Guards the promise that logs are the same everywhere and stay so. */
  @Test
  void theLogOfASeedIsKnown() {
    assertThat(String.join("\n", LOG.subList(0, 20_000)).hashCode()).isEqualTo(-847021941);
  }

  @Test
  void aboutOneLineInTwoThousandIsMalformed() {
    assertThat(LINES - PARSED.size()).isBetween(60, 150);
  }

  @Test
  void noLineContainsALineBreakOrDoesNotSurviveEncoding() {
    assertThat(LOG)
        .allSatisfy(
            line -> {
              assertThat(line).doesNotContain("\n", "\r");
              byte[] encoded = line.getBytes(StandardCharsets.UTF_8);
              assertThat(new String(encoded, StandardCharsets.UTF_8)).isEqualTo(line);
            });
  }

  @Test
  void timesNeverGoBack() {
    List<Long> times = PARSED.stream().map(AccessLogLine::epochSecond).toList();

    assertThat(times).isSorted();
  }

  @Test
  void nightsAreQuieterThanDays() {
    List<String> day = log(1, 1_000, 50, 50_000, 50_000);

    Map<Boolean, Long> nightly =
        parsed(day).stream()
            .map(line -> line.epochSecond() / 3_600 % 24)
            .filter(hour -> hour < 6 || hour >= 9 && hour < 15)
            .collect(Collectors.partitioningBy(hour -> hour < 6, Collectors.counting()));

    assertThat(nightly.get(false)).isGreaterThan(3 * nightly.get(true));
  }

  @Test
  void aFewClientsMakeMostRequestsAndMostMakeFew() {
    List<Long> requests = counts(AccessLogLine::host);

    long topTenth = requests.stream().limit(requests.size() / 10).mapToLong(n -> n).sum();
    assertThat(topTenth).isGreaterThan(PARSED.size() * 4L / 10);
    assertThat(requests.size()).isGreaterThan(3_000);
    assertThat(requests.get(requests.size() / 2)).isLessThan(40);
  }

  @Test
  void itHoldsWhatALogHolds() {
    assertThat(PARSED)
        .anyMatch(line -> line.host().contains(":"))
        .anyMatch(line -> line.request().equals("-"))
        .anyMatch(line -> line.request().contains("\\\""))
        .anyMatch(line -> line.user().contains(" "))
        .anyMatch(line -> line.bytes() == AccessLogLine.NO_BYTES)
        .anyMatch(line -> line.path().equals("/search"))
        .anyMatch(line -> line.path().equals("/robots.txt"))
        .anyMatch(line -> line.userAgent().contains("bot"));
    assertThat(PARSED.stream().map(AccessLogLine::status).distinct())
        .contains(200, 301, 304, 400, 403, 404, 408, 500);
  }

  @Test
  void clientsComeBackForNewSessions() {
    TrafficOracle oracle = new TrafficOracle();
    LOG.forEach(line -> oracle.accept(0, line));

    assertThat(oracle.visitors(0).values())
        .filteredOn(visitor -> visitor.sessions() > 1)
        .hasSizeGreaterThan(500);
  }

  @Test
  void numbersOfClientsAndPagesAreKept() {
    List<AccessLogLine> lines = parsed(log(3, 5, 1, 700_000, 20_000));

    assertThat(lines.stream().map(AccessLogLine::host).distinct()).hasSizeLessThanOrEqualTo(5);
    assertThat(lines.stream().filter(line -> line.status() == 200).map(AccessLogLine::path))
        .contains("/")
        .noneMatch(path -> path.startsWith("/blog/"));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AccessLogGenerator(1, 0, 1, 1))
        .withMessageContaining("visitors (0)");
  }

  private static List<Long> counts(Function<AccessLogLine, String> field) {
    return PARSED.stream()
        .collect(Collectors.groupingBy(field, Collectors.counting()))
        .values()
        .stream()
        .sorted(Collections.reverseOrder())
        .toList();
  }

  private static List<String> log(long seed, int lines) {
    return Stream.generate(new AccessLogGenerator(seed)::next).limit(lines).toList();
  }

  private static List<String> log(long seed, int visitors, int pages, int linesPerDay, int lines) {
    AccessLogGenerator generator = new AccessLogGenerator(seed, visitors, pages, linesPerDay);
    return Stream.generate(generator::next).limit(lines).toList();
  }

  private static List<AccessLogLine> parsed(List<String> lines) {
    List<AccessLogLine> parsed = new ArrayList<>();
    for (String line : lines) {
      try {
        parsed.add(AccessLogLine.parse(line));
      } catch (MalformedLogLineException malformed) {
        assertThat(malformed.column()).isPositive();
      }
    }
    return parsed;
  }
}
