package io.tidemark.examples.stocks;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What quotes should say, told from all prices that ever came, with no store and in decimal
 * numbers.
 */
final class PriceHistory {
  private static final List<String> MONTHS =
      List.of("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec");

  private final int averagedDays;
  private final Map<String, List<Price>> prices = new HashMap<>();

  private record Price(LocalDate date, BigDecimal low, BigDecimal high, BigDecimal last) {}

  /** What a quote should say, without rounding; change is null if there is none. */
  record Expected(
      String symbol,
      LocalDate date,
      BigDecimal price,
      BigDecimal low,
      BigDecimal high,
      BigDecimal average,
      BigDecimal change) {}

  PriceHistory(int averagedDays) {
    this.averagedDays = averagedDays;
  }

  /** Takes a line such as {@code MSFT,Jan 1 2000,39.81}. */
  Expected stock(String line) {
    String[] fields = line.split(",");
    String[] date = fields[1].split(" ");
    BigDecimal price = new BigDecimal(fields[2]);
    return add(
        fields[0],
        new Price(
            LocalDate.of(
                Integer.parseInt(date[2]), MONTHS.indexOf(date[0]) + 1, Integer.parseInt(date[1])),
            price,
            price,
            price));
  }

  /** Takes a line such as {@code 2000-01-03,1469.25,1478.0,1438.36,1455.22,1455.22,931800000}. */
  Expected index(String symbol, String line) {
    String[] fields = line.split(",");
    return add(
        symbol,
        new Price(
            LocalDate.of(
                Integer.parseInt(fields[0].substring(0, 4)),
                Integer.parseInt(fields[0].substring(5, 7)),
                Integer.parseInt(fields[0].substring(8))),
            new BigDecimal(fields[3]),
            new BigDecimal(fields[2]),
            new BigDecimal(fields[4])));
  }

  private Expected add(String symbol, Price price) {
    List<Price> all = prices.computeIfAbsent(symbol, first -> new ArrayList<>());
    all.add(price);
    BigDecimal low = price.low;
    BigDecimal high = price.high;
    for (Price other : all) {
      if (other.date.equals(price.date)) {
        low = low.min(other.low);
        high = high.max(other.high);
      }
    }
    List<BigDecimal> latest = latest(all, price.date);
    BigDecimal sum = latest.stream().reduce(BigDecimal.ZERO, BigDecimal::add);
    BigDecimal former = latest.size() < 2 ? null : latest.get(1);
    return new Expected(
        symbol,
        price.date,
        price.last,
        low,
        high,
        sum.divide(BigDecimal.valueOf(latest.size()), MathContext.DECIMAL128),
        former == null
            ? null
            : price
                .last
                .subtract(former)
                .multiply(BigDecimal.valueOf(100))
                .divide(former, MathContext.DECIMAL128));
  }

  /** The last prices of the latest days until a day, that day's first. */
  private List<BigDecimal> latest(List<Price> all, LocalDate until) {
    Map<LocalDate, BigDecimal> lasts = new HashMap<>();
    all.stream()
        .filter(price -> !price.date.isAfter(until))
        .forEach(price -> lasts.put(price.date, price.last));
    return lasts.keySet().stream()
        .sorted((left, right) -> right.compareTo(left))
        .limit(averagedDays)
        .map(lasts::get)
        .toList();
  }
}
