package io.tidemark.benchmarks.bench;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What one run came to.
 *
 * @param contender who
 * @param guarantee what it was told to guarantee
 * @param round of the measurement, from 1
 * @param failure why it does not count; empty if it does
 * @param figures in the order of the measurement's table; the first is what contenders are compared
 *     by
 */
record Result(String contender, String guarantee, int round, String failure, List<Figure> figures) {

  static Result of(Contender contender, int round, List<Figure> figures) {
    return new Result(contender.name(), contender.guarantee(), round, "", figures);
  }

  static Result failed(Contender contender, int round, String failure) {
    return new Result(contender.name(), contender.guarantee(), round, failure, List.of());
  }

  boolean counts() {
    return failure.isEmpty();
  }

  OptionalDouble figure(String name) {
    return figures.stream()
        .filter(figure -> figure.name().equals(name))
        .mapToDouble(Figure::value)
        .findFirst();
  }
}
