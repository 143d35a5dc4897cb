package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CommitTimingTest {
  private static final long INTERVAL_MS = 100;
  private static final long MOST_BYTES = 1_000;

  private final Requests requests = new Requests();
  private long now = 5_000;
  private long written;
  private final CommitTiming timing = timing(true);

  private CommitTiming timing(boolean prompt) {
    return new CommitTiming(
        new WorkerSpec.Pace(INTERVAL_MS, MOST_BYTES, -1, 1, 1_000, prompt), requests, () -> now);
  }

  private boolean isDue() {
    return timing.isDue(written, false, false);
  }

  private void commit() {
    timing.restart();
    written = 0;
  }

  /** Commits when it is due, for as long; returns how often there was something to commit. */
  private int commitsWhileWrittenEvery(long periodMs, long durationMs) {
    int commits = 0;
    long begin = now;
    for (; now < begin + durationMs; now++) {
      written += (now - begin) % periodMs == 0 ? 1 : 0;
      if (isDue()) {
        commits += written > 0 ? 1 : 0;
        commit();
      }
    }
    return commits;
  }

  @Test
  void whileMuchComesThereIsACommitInEachInterval() {
    commit();
    assertThat(commitsWhileWrittenEvery(1, 99 * INTERVAL_MS)).isBetween(98, 101);
  }

  @Test
  void thereAreNeverMoreThanTwoCommitsInAnInterval() {
    for (long periodMs = 1; periodMs < 2 * INTERVAL_MS; periodMs++) {
      assertThat(commitsWhileWrittenEvery(periodMs, 100 * INTERVAL_MS))
          .as("something comes every %s ms", periodMs)
          .isLessThanOrEqualTo(201);
    }
  }

  @Test
  void withoutAnythingToCommitItIsTriedOnceAnInterval() {
    now += 7 * INTERVAL_MS;
    assertThat(isDue()).isTrue();
    commit();
    assertThat(isDue()).isFalse();
    now += INTERVAL_MS - 1;
    assertThat(isDue()).isFalse();
    now++;
    assertThat(isDue()).isTrue();
  }

  @Test
  void whatComesAfterHalfAnIntervalOfSilenceIsCommittedAtOnce() {
    commit();
    written = 1;
    isDue();
    commit();
    now += INTERVAL_MS / 2;
    assertThat(isDue()).isFalse();
    written = 1;
    assertThat(isDue()).isTrue();
  }

  @Test
  void theWholeIntervalIsKeptWhereThatIsWanted() {
    CommitTiming patient = timing(false);
    now += INTERVAL_MS;
    patient.restart();
    now += INTERVAL_MS - 1;
    assertThat(patient.isDue(1, false, false)).isFalse();
    now++;
    assertThat(patient.isDue(1, false, false)).isTrue();
  }

  /** Records that come as often as intervals end would else always wait for as long. */
  @Test
  void whatComesOnceAnIntervalIsSoonCommittedAtOnceInWhateverPhase() {
    for (long phase = 1; phase < INTERVAL_MS; phase++) {
      commitsWhileWrittenEvery(1, 3 * INTERVAL_MS);
      now += phase;
      commitsWhileWrittenEvery(INTERVAL_MS, 10 * INTERVAL_MS);
      written = 1;
      assertThat(isDue()).as("phase %s", phase).isTrue();
    }
  }

  @Test
  void manyCommitsBecauseOfBytesAreNotHeldAgainstWhatComesLater() {
    for (int i = 0; i < 1_000; i++) {
      written = MOST_BYTES;
      assertThat(isDue()).isTrue();
      commit();
    }
    now += INTERVAL_MS / 2;
    written = 1;
    assertThat(isDue()).isTrue();
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
