package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class PopulationProgressTest {
  private long nowMs = 1_000;
  private final PopulationProgress progress = new PopulationProgress("Worker w", () -> nowMs);

  @Test
  void it_tells_records_share_rate_and_the_time_left() {
    nowMs += 10_000;
    progress.add(2_000);
    assertThat(progress.state(6_000))
        .isEqualTo("2000 of about 8000 records (25 %), 200/s, about 30 s left");
  }

  @Test
  void without_records_there_is_no_end_in_sight() {
    nowMs += 10_000;
    assertThat(progress.state(6_000))
        .isEqualTo("0 of about 6000 records (0 %), 0/s, no end in sight");
    assertThat(progress.state(0)).startsWith("0 of about 0 records (100 %)");
  }

  @Test
  void it_is_due_every_five_seconds() {
    nowMs += 4_999;
    assertThat(progress.isDue()).isFalse();
    nowMs++;
    assertThat(progress.isDue()).isTrue();
    progress.report("[prices]", 0);
    assertThat(progress.isDue()).isFalse();
    nowMs += 5_000;
    assertThat(progress.isDue()).isTrue();
    assertThat(progress.elapsedMs()).isEqualTo(10_000);
  }
}
