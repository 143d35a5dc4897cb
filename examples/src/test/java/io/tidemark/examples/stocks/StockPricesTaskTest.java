package io.tidemark.examples.stocks;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Config;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.Tuple;
import io.tidemark.examples.RealData;
import io.tidemark.examples.stocks.PriceHistory.Expected;
import io.tidemark.testing.TaskTester;
import io.tidemark.testing.TaskTester.Sent;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;

class StockPricesTaskTest {
  private static final Config CONFIG =
      Config.load(Path.of("src/main/resources/stock-prices.properties"));

  private static TaskTester tester(int averagedDays) {
    Config config = CONFIG.with(Map.of("app.averaged.days", Integer.toString(averagedDays)));
    return TaskTester.of(config, StockPricesTask::new);
  }

  @Test
  void aQuoteLooksBackOverTheDaysOfItsSymbol() {
    try (TaskTester tester = tester(3)) {
      tester.send("stocks", "IBM", "IBM,Feb 1 2000,1000");
      tester.send("stocks", "MSFT", "MSFT,Jan 30 2000,10");
      tester.send("stocks", "MSFT", "MSFT,Jan 31 2000,20");
      tester.send("stocks", "MSFT", "MSFT,Feb 1 2000,40");
      tester.send("stocks", "MSFT", "MSFT,Feb 1 2000,30");
      tester.send("stocks", "MSFT", "MSFT,Feb 2 2000,15");
      tester.process();
      tester.commit();

      assertThat(tester.output("quotes"))
          .containsExactly(
              sent(new Quote("IBM", "2000-02-01", 1000, 1000, 1000, 1000, null)),
              sent(new Quote("MSFT", "2000-01-30", 10, 10, 10, 10, null)),
              sent(new Quote("MSFT", "2000-01-31", 20, 20, 20, 15, 100.0)),
              sent(new Quote("MSFT", "2000-02-01", 40, 40, 40, 70 / 3.0, 100.0)),
              sent(new Quote("MSFT", "2000-02-01", 30, 30, 40, 20, 50.0)),
              sent(new Quote("MSFT", "2000-02-02", 15, 15, 15, 65 / 3.0, -50.0)));
    }
  }

  private static Sent sent(Quote quote) {
    return Sent.of(quote.symbol(), quote);
  }

  @Test
  void theLatestQuoteIsOfTheLatestDayEvenIfAnEarlierOneComesAfter() {
    try (TaskTester tester = tester(3)) {
      tester.send("sp500", "SP500", "2000-01-04,4,6,3,5,5,931800000");
      tester.send("sp500", "SP500", "2000-01-03,4,4,4,4,4,931800000");
      tester.process();
      tester.commit();

      KeyValueStore<String, Quote> latest = tester.store("latest");
      assertThat(latest.get("SP500")).isEqualTo(new Quote("SP500", "2000-01-04", 5, 3, 6, 5, null));
    }
  }

  @Test
  void malformedLinesAreRejectedAndChangeNothing() {
    try (TaskTester tester = tester(3)) {
      List<String> malformed =
          List.of(
              "symbol,date,price",
              "",
              "MSFT,Jan 1 2000",
              "MSFT,Jan 32 2000,1",
              "MSFT,Jan 1 2000,NaN",
              "MSFT,Jan 1 2000,-1",
              "MSFT,Jan 1 2000,much",
              "IBM,Jan 1 2000,1");
      malformed.forEach(line -> tester.send("stocks", "MSFT", line));
      tester.send("sp500", "SP500", "2000-01-03,4,4,5,4,4,931800000");
      tester.process();
      tester.commit();

      assertThat(tester.output("quotes")).isEmpty();
      assertThat(tester.output("stocks-rejected"))
          .isEqualTo(malformed.stream().map(line -> Sent.of("MSFT", line)).toList());
      assertThat(tester.output("sp500-rejected")).hasSize(1);
      KeyValueStore<Tuple, Day> days = tester.store("days");
      try (var all = days.all()) {
        assertThat(all.hasNext()).isFalse();
      }
    }
  }

  @Test
  void daysThatNobodyLooksAtAnyMoreAreForgotten() {
    try (TaskTester tester = tester(3)) {
      tester.send("stocks", "MSFT", "MSFT,Jan 31 2000,10");
      tester.process();
      tester.commit();
      tester.advance(Duration.ofDays(60));
      tester.send("stocks", "MSFT", "MSFT,Apr 1 2000,20");
      tester.process();
      tester.commit();

      assertThat(tester.output("quotes").get(1))
          .isEqualTo(sent(new Quote("MSFT", "2000-04-01", 20, 20, 20, 20, null)));
    }
  }

  @Test
  void quotesAreWhatAllPricesTogetherSayWhateverTheirOrderAndWithKillsInBetween() {
    long seed = Long.getLong("tidemark.seed", System.nanoTime());
    Random random = new Random(seed);
    PriceHistory history = new PriceHistory(5);
    List<Expected> expected = new ArrayList<>();
    try (TaskTester tester = tester(5)) {
      for (int i = 0; i < 500; i++) {
        String symbol = random.nextBoolean() ? "MSFT" : "MSF";
        String line =
            String.format(
                Locale.ROOT,
                "%s,%s %d 1970,%.2f",
                symbol,
                random.nextBoolean() ? "Jan" : "Feb",
                1 + random.nextInt(28),
                1 + 100 * random.nextDouble());
        expected.add(history.stock(line));
        tester.send("stocks", symbol, line);
        if (random.nextInt(20) == 0) {
          tester.process();
          tester.kill();
        } else if (random.nextInt(20) == 0) {
          tester.process();
          tester.commit();
        }
      }
      tester.process();
      tester.commit();
      assertQuotes(tester, expected, "repeat with -Dtidemark.seed=" + seed);
    }
  }

  @Test
  void quotesOfRealStocksAreWhatAllPricesTogetherSay() throws Exception {
    List<String> lines = RealData.lines("stocks.csv");
    PriceHistory history = new PriceHistory(20);
    List<Expected> expected = new ArrayList<>();
    try (TaskTester tester = tester(20)) {
      for (String line : lines) {
        tester.send("stocks", line.substring(0, line.indexOf(',')), line);
      }
      lines.stream().skip(1).forEach(line -> expected.add(history.stock(line)));
      tester.process();
      tester.commit();
      assertQuotes(tester, expected, "stocks.csv");
      assertThat(tester.output("stocks-rejected"))
          .as("the head of the file")
          .containsExactly(Sent.of("symbol", lines.get(0)));
    }
  }

  @Test
  void quotesOfTheRealIndexAreWhatAllPricesTogetherSay() throws Exception {
    List<String> lines = RealData.lines("sp500-2000.csv");
    PriceHistory history = new PriceHistory(20);
    List<Expected> expected = new ArrayList<>();
    try (TaskTester tester = tester(20)) {
      lines.forEach(line -> tester.send("sp500", "SP500", line));
      lines.stream().skip(1).forEach(line -> expected.add(history.index("SP500", line)));
      tester.process();
      tester.commit();
      assertQuotes(tester, expected, "sp500-2000.csv");
      assertThat(tester.output("sp500-rejected")).hasSize(1);
    }
  }

  private static void assertQuotes(TaskTester tester, List<Expected> expected, String of) {
    List<Sent> quotes = tester.output("quotes");
    assertThat(quotes).as(of).hasSameSizeAs(expected);
    SoftAssertions softly = new SoftAssertions();
    for (int i = 0; i < expected.size() && softly.wasSuccess(); i++) {
      Quote quote = (Quote) quotes.get(i).message();
      Expected should = expected.get(i);
      softly
          .assertThat(isClose(quote, should))
          .as("%s, line %d: %s, and should be %s", of, i + 1, quote, should)
          .isTrue();
    }
    softly.assertAll();
  }

  private static boolean isClose(Quote quote, Expected should) {
    return quote.symbol().equals(should.symbol())
        && quote.date().equals(should.date().toString())
        && isClose(quote.price(), should.price())
        && isClose(quote.low(), should.low())
        && isClose(quote.high(), should.high())
        && isClose(quote.average(), should.average())
        && (quote.change() == null) == (should.change() == null)
        && (quote.change() == null || isClose(quote.change(), should.change()));
  }

  private static boolean isClose(double found, BigDecimal should) {
    return Math.abs(found - should.doubleValue()) <= 1e-9 * Math.max(1, Math.abs(found));
  }
}
