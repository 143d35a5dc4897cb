package io.tidemark.benchmarks.bench;

import java.util.List;
import java.util.OptionalDouble;

/**
 * What one run came to.
 *
 * @param work the name of the case
 * @param contender who
 * @param round of the case, from 1
 * @param failure why it does not count; empty if it does
 * @param figures in the order of the case's table; the first is what contenders are compared by
 */
record Result(String work, String contender, int round, String failure, List<Figure> figures) {

  static Result failed(String work, Contender contender, int round, String failure) {
    return new Result(work, contender.name(), round, failure, List.of());
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
