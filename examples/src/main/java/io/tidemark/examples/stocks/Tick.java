package io.tidemark.examples.stocks;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** A line of one of the inputs: what a symbol cost on a day. */
record Tick(String symbol, LocalDate date, Day prices) {
  private static final DateTimeFormatter STOCK_DATE =
      DateTimeFormatter.ofPattern("MMM d uuuu", Locale.ENGLISH);

  /** From {@code MSFT,Jan 1 2000,39.81}. */
  static Tick ofStock(String symbol, String line) {
    String[] fields = fields(line, 3);
    if (!fields[0].equals(symbol)) {
      throw malformed(line, "it is not about " + symbol + ", its key");
    }
    double price = price(line, fields[2]);
    return new Tick(symbol, date(line, fields[1], STOCK_DATE), new Day(price, price, price));
  }

  /** From {@code 2000-01-03,1469.25,1478.0,1438.36,1455.22,1455.22,931800000}. */
  static Tick ofIndex(String symbol, String line) {
    String[] fields = fields(line, 7); // date, open, high, low, close, adjusted close, volume
    Day prices = new Day(price(line, fields[3]), price(line, fields[2]), price(line, fields[4]));
    if (prices.low() > prices.last() || prices.last() > prices.high()) {
      throw malformed(line, "it closes below the lowest or above the highest");
    }
    return new Tick(symbol, date(line, fields[0], DateTimeFormatter.ISO_LOCAL_DATE), prices);
  }

  private static String[] fields(String line, int count) {
    String[] fields = line.split(",", -1);
    if (fields.length != count) {
      throw malformed(line, "it has " + fields.length + " fields, not " + count);
    }
    return fields;
  }

  private static LocalDate date(String line, String text, DateTimeFormatter format) {
    try {
      return LocalDate.parse(text, format);
    } catch (DateTimeException e) {
      throw malformed(line, "'" + text + "' is no date");
    }
  }

  private static double price(String line, String text) {
    try {
      double price = Double.parseDouble(text);
      if (price > 0 && price < Double.POSITIVE_INFINITY) {
        return price;
      }
    } catch (NumberFormatException e) {
      // said below
    }
    throw malformed(line, "'" + text + "' is no price");
  }

  private static IllegalArgumentException malformed(String line, String problem) {
    return new IllegalArgumentException("not a line of prices, " + problem + ": " + line);
  }
}
