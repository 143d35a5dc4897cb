package io.tidemark.benchmarks.bench;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ArrivalsTest {
  @Test
  void the_rate_is_that_of_what_came_when_warm() {
    Arrivals arrivals = new Arrivals();
    for (int i = 0; i < 25; i++) {
      arrivals.add(i * 100L); // slow at first
    }
    for (int i = 1; i <= 75; i++) {
      arrivals.add(2_400 + i * 10L);
    }
    assertThat(arrivals.rate(0.25)).isEqualTo(100);
    assertThat(arrivals.longestGap()).isEqualTo(100);
    assertThat(arrivals.total()).isEqualTo(100);
  }

  @Test
  void quantiles_are_of_the_measured_records_only() {
    LatencyTimes times = new LatencyTimes(110);
    for (int number = 0; number < 110; number++) {
      times.add(number, number < 10 ? 1_000_000_000L : (number - 9) * 1_000_000L);
    }
    assertThat(times.isComplete()).isTrue();
    assertThat(times.quantile(10, 0.5)).isEqualTo(50);
    assertThat(times.quantile(10, 0.99)).isEqualTo(99);
    assertThat(times.quantile(10, 1)).isEqualTo(100);
  }
}
