package io.tidemark.benchmarks.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SummaryTest {
  private final Measurement measurement = Measurements.all(true).get(0);

  @Test
  void ratios_are_of_the_same_round() {
    Summary summary =
        summary(
            measurement,
            List.of(
                result("raw", 1, 100),
                result("tidemark", 1, 80),
                result("raw", 2, 50),
                result("tidemark", 2, 45),
                result("raw", 3, 200),
                result("tidemark", 3, 100)));
    assertThat(summary.ratio("tidemark", "raw")).isEqualTo(0.8);
    assertThat(summary.spread("raw", "records/s")).isEqualTo(new Summary.Spread(100, 50, 200));
    assertThat(summary.ratio("tidemark", "flink")).isNaN();
  }

  @Test
  void less_is_better_where_times_are_compared() {
    Measurement time =
        Measurements.all(true).stream().filter(each -> !each.moreIsBetter()).findFirst().get();
    Summary summary =
        summary(time, List.of(result("tidemark", 1, 2), result("kafka-streams", 1, 20)));
    assertThat(summary.ratio("tidemark", "kafka-streams")).isEqualTo(10);
  }

  @Test
  void contenders_are_compared_at_the_same_guarantee() {
    List<Result> exactlyOnce = List.of(result("raw", 1, 200), result("tidemark", 1, 100));
    List<Result> withSamza = new ArrayList<>(exactlyOnce);
    withSamza.add(result("samza", 1, 50));
    assertThat(summary(measurement, withSamza).ratioOfTidemark("samza")).isNaN();
    withSamza.add(result("tidemark-at-least-once", 1, 150));
    Summary both = summary(measurement, withSamza);
    assertThat(both.ratioOfTidemark("samza")).isEqualTo(3);
    assertThat(both.ratioOfTidemark("raw")).isEqualTo(0.5);
    assertThat(both.ratioToRaw("tidemark")).isEqualTo(0.5);
    assertThat(both.ratioToRaw("tidemark-at-least-once")).isNaN();
    assertThat(both.guarantee("samza")).isEqualTo("at-least-once");
  }

  @Test
  void an_at_least_once_run_has_a_place_only_where_rates_are_compared() {
    Contender ours = contender("tidemark-at-least-once");
    assertThat(ours.tuned()).isTrue();
    assertThat(Measurements.all(true).stream().filter(each -> each.suits(ours)))
        .isNotEmpty()
        .allMatch(Measurement::moreIsBetter);
  }

  private static Summary summary(Measurement measurement, List<Result> results) {
    return Summary.of(measurement, new Occasion("2026-11-21", "bench", 1, Map.of()), results);
  }

  private static Result result(String contender, int round, double rate) {
    return Result.of(contender(contender), round, List.of(new Figure("records/s", rate)));
  }

  private static Contender contender(String name) {
    return Contender.all().stream().filter(each -> each.name().equals(name)).findFirst().get();
  }
}
