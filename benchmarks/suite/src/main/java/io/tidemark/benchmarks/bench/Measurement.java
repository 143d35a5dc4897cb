package io.tidemark.benchmarks.bench;

import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Something that contenders are measured by: prepares its topics, lets each contender do the work
 * in each round, and removes what it made.
 */
interface Measurement {
  /** As on the command line. */
  String name();

  /** What is done, for readers of results. */
  String description();

  /** Whether more is better of the first figure, as of a rate, or less, as of a time. */
  boolean moreIsBetter();

  /** Everything that was set, by its name. */
  Map<String, Object> settings();

  /** Whether a contender can do it. */
  boolean suits(Contender contender);

  /**
   * Measures contenders in turn, round after round.
   *
   * @param told takes each result as soon as there is one
   */
  void measure(Field field, List<Contender> contenders, int rounds, Consumer<Result> told);
}
