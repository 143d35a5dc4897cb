package io.tidemark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 1000);

  @Test
  void so_many_bytes_take_so_long() {
    long begun = nanos.get();
    RateLimit limit = new RateLimit(1000, nanos::get, nanos::addAndGet);
    for (int i = 0; i < 10; i++) {
      limit.take(500);
    }
    assertThat(nanos.get() - begun).isBetween(4_999_999_000L, 5_000_001_000L);
  }

  @Test
  void time_in_which_nothing_was_taken_is_not_made_up_for() {
    RateLimit limit = new RateLimit(1000, nanos::get, nanos::addAndGet);
    nanos.addAndGet(60_000_000_000L);
    long begun = nanos.get();
    limit.take(1000);
    limit.take(1000);
    assertThat(nanos.get() - begun).isBetween(1_999_999_000L, 2_000_001_000L);
  }

  @Test
  void without_a_limit_nobody_waits() {
    long begun = nanos.get();
    new RateLimit(-1, nanos::get, nanos::addAndGet).take(1L << 40);
    assertThat(nanos.get()).isEqualTo(begun);
  }
}
