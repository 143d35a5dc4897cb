package io.tidemark.examples.stocks;

/**
 * The prices of one symbol on one day.
 *
 * @param low the lowest
 * @param high the highest
 * @param last the one that came last
 */
public record Day(double low, double high, double last) {

  /** This day with the prices that came after. */
  Day with(Day later) {
    return new Day(Math.min(low, later.low), Math.max(high, later.high), later.last);
  }
}
