package io.tidemark.container;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SilenceTest {
  private final List<String> said = new ArrayList<>();
  private final Silence silence = new Silence("orders-1", said::add);

  private void lasts(long fromMs, long toMs) {
    for (long now = fromMs; now < toMs; now += 100) {
      silence.lasts(now, "TM-8301: node-3:7400 refuses");
    }
  }

  @Test
  void a_short_one_is_not_worth_a_word() {
    lasts(10_000, 10_000 + Silence.FIRST_MS);
    silence.ends();

    assertThat(said).isEmpty();
  }

  @Test
  void a_longer_one_is_told_now_and_then_with_what_to_correct() {
    lasts(10_000, 10_100 + Silence.FIRST_MS + 2 * Silence.AGAIN_MS);

    assertThat(said).hasSize(3);
    assertThat(said.get(0))
        .contains("orders-1", "for 3 s", "node-3:7400 refuses")
        .contains("job.coordinator.address", "--coordinator");
    assertThat(said.get(2)).contains("for 63 s");
  }

  @Test
  void its_end_is_told_once_and_the_next_one_begins_anew() {
    lasts(0, 100 + Silence.FIRST_MS);
    silence.ends();
    silence.ends();
    assertThat(said).hasSize(2);
    assertThat(said.get(1)).isEqualTo("The coordinator of orders-1 answers");

    lasts(50_000, 50_000 + Silence.FIRST_MS);
    assertThat(said).hasSize(2);
  }
}
