package io.tidemark.benchmarks.bench;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The results of one measurement, contender by contender.
 *
 * @param name of the measurement
 * @param description of it
 * @param moreIsBetter whether more is better of the first figure
 * @param settings of it
 * @param occasion when it was made
 * @param results of all runs
 */
record Summary(
    String name,
    String description,
    boolean moreIsBetter,
    Map<String, Object> settings,
    Occasion occasion,
    List<Result> results) {

  static Summary of(Measurement measurement, Occasion occasion, List<Result> results) {
    return new Summary(
        measurement.name(),
        measurement.description(),
        measurement.moreIsBetter(),
        measurement.settings(),
        occasion,
        List.copyOf(results));
  }

  /** The least, the middle and the largest of a figure over a contender's rounds. */
  record Spread(double median, double min, double max) {}

  /** Who has a result that counts, in the order of the first round. */
  Set<String> contenders() {
    Set<String> names = new LinkedHashSet<>();
    results.stream().filter(Result::counts).forEach(result -> names.add(result.contender()));
    return names;
  }

  /** The names of all figures. */
  Set<String> figures() {
    Set<String> names = new LinkedHashSet<>();
    results.forEach(result -> result.figures().forEach(figure -> names.add(figure.name())));
    return names;
  }

  /** The name of the figure that contenders are compared by. */
  String first() {
    return figures().iterator().next();
  }

  /** What a contender that has a result guaranteed. */
  String guarantee(String contender) {
    return results.stream()
        .filter(result -> result.contender().equals(contender))
        .map(Result::guarantee)
        .findFirst()
        .orElseThrow();
  }

  /**
   * How many times better Tidemark is than a contender that gives the same guarantee; not a number
   * where it has no such run.
   */
  double ratioOfTidemark(String contender) {
    return ratio(
        guarantee(contender).equals(Contender.EXACTLY_ONCE)
            ? "tidemark"
            : "tidemark-" + Contender.AT_LEAST_ONCE,
        contender);
  }

  /** How near a contender is to the limit; not a number where it guarantees less. */
  double ratioToRaw(String contender) {
    return guarantee(contender).equals(Contender.EXACTLY_ONCE)
        ? ratio(contender, "raw")
        : Double.NaN;
  }

  Spread spread(String contender, String figure) {
    double[] values =
        results.stream()
            .filter(result -> result.contender().equals(contender) && result.counts())
            .flatMapToDouble(result -> result.figure(figure).stream())
            .sorted()
            .toArray();
    if (values.length == 0) {
      return new Spread(Double.NaN, Double.NaN, Double.NaN);
    }
    return new Spread(median(values), values[0], values[values.length - 1]);
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1
        ? sorted[middle]
        : Arrays.stream(sorted, middle - 1, middle + 1).average().orElseThrow();
  }

  /**
   * How many times better a contender is than another: the median over the rounds of the ratio
   * within the round, for what disturbs the machine disturbs neighbours alike.
   */
  double ratio(String contender, String other) {
    Map<Integer, Double> others = new LinkedHashMap<>();
    for (Result result : results) {
      if (result.contender().equals(other) && result.counts()) {
        others.put(result.round(), result.figure(first()).orElse(Double.NaN));
      }
    }
    List<Double> ratios = new ArrayList<>();
    for (Result result : results) {
      Double beside = others.get(result.round());
      if (result.contender().equals(contender) && result.counts() && beside != null) {
        double own = result.figure(first()).orElse(Double.NaN);
        ratios.add(moreIsBetter ? own / beside : beside / own);
      }
    }
    double[] sorted = ratios.stream().mapToDouble(each -> each).sorted().toArray();
    return sorted.length == 0 ? Double.NaN : median(sorted);
  }

  /** The runs that do not count, and why. */
  List<Result> failures() {
    return results.stream().filter(result -> !result.counts()).toList();
  }
}
