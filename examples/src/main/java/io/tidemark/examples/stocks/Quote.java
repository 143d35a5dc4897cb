package io.tidemark.examples.stocks;

/**
 * What is known of a symbol with its latest price.
 *
 * @param date the day of the price, such as {@code 2000-01-31}
 * @param price the price
 * @param low the lowest of the day so far
 * @param high the highest of the day so far
 * @param average the mean of the last prices of the latest days, this one included
 * @param change by how many percent the price differs from the last one of the day before; null if
 *     there is none
 */
public record Quote(
    String symbol,
    String date,
    double price,
    double low,
    double high,
    double average,
    Double change) {

  /** The one of the later day; of two of the same day, the other. */
  Quote orLater(Quote other) {
    return date.compareTo(other.date) > 0 ? this : other;
  }
}
