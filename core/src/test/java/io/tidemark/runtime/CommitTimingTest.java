package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommitTimingTest {
  private static final long INTERVAL_MS = 100;
  private static final long MOST_BYTES = 1_000;

  private final Requests requests = new Requests();
  private long now = 5_000;
  private long written;
  private final CommitTiming timing =
      new CommitTiming(
          new WorkerSpec.Pace(INTERVAL_MS, MOST_BYTES, -1, 1, 1_000), requests, () -> now);

  private boolean isDue() {
    return timing.isDue(written, false, false);
  }

  private void commit() {
    timing.restart(written);
    written = 0;
  }

  @Test
  void whatComesAfterAnIdleIntervalIsCommittedAtOnce() {
    commit();
    assertThat(isDue()).isFalse();
    now += INTERVAL_MS;
    assertThat(isDue()).isTrue();
    commit(); // of nothing
    now += 30;
    assertThat(isDue()).isFalse();
    written = 1;
    assertThat(isDue()).isTrue();
    commit();
    timing.changed(1);
    assertThat(isDue()).isFalse();
  }

  @Test
  void aCommitThatSomebodyAskedForDoesNotEndAnIdleInterval() {
    commit();
    now += INTERVAL_MS - 1;
    commit();
    written = 1;
    assertThat(isDue()).isFalse();
  }

  @Test
  void whileSomethingComesInEachIntervalThereIsOneCommitInEach() {
    commit();
    int commits = 0;
    for (int ms = 0; ms < 50 * INTERVAL_MS; ms++) {
      written += ms % 60 == 0 ? 1 : 0;
      if (isDue()) {
        commit();
        commits++;
      }
      now++;
    }
    assertThat(commits).isBetween(49, 50);
  }

  @Test
  void nothingIsBegunBecauseOfTimeWhileACommitIsUnderWay() {
    commit();
    written = 1;
    assertThat(timing.isDue(written, true, true)).isFalse();
    assertThat(timing.isDue(MOST_BYTES, false, true)).isTrue();
  }

  @Test
  void somebodyWhoAsksDoesNotWait() {
    written = 1;
    commit();
    requests.commit();
    assertThat(isDue()).isTrue();
    commit();
    assertThat(isDue()).isFalse();
    timing.request();
    assertThat(isDue()).isTrue();
    commit();
    timing.learnOfCut(3);
    assertThat(isDue()).isTrue();
    assertThat(timing.cut()).isEqualTo(3);
    commit();
    assertThat(isDue()).isFalse();
  }
}
