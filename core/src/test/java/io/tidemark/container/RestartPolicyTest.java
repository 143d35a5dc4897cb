package io.tidemark.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.ConfigException;
import io.tidemark.api.FencedException;
import io.tidemark.api.StateException;
import io.tidemark.config.RestartSettings;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestartPolicyTest {
  /** Failures at these times, in seconds, and the pauses that follow. */
  private static List<Long> pauses(RestartSettings settings, long... seconds) {
    RestartPolicy policy = new RestartPolicy(settings);
    List<Long> pauses = new ArrayList<>();
    for (long second : seconds) {
      pauses.add(policy.failed(second * 1000, "TM-2001: away"));
    }
    return pauses;
  }

  @Test
  void pausesDoubleUpToTheLongest() {
    RestartSettings settings = new RestartSettings(10, 1_000_000, 1000, 5000);
    assertThat(pauses(settings, 0, 1, 2, 3, 4)).containsExactly(1000L, 2000L, 4000L, 5000L, 5000L);
  }

  @Test
  void onceMoreThanAllowedWithinTheWindowIsTheEnd() {
    RestartSettings settings = new RestartSettings(2, 60_000, 1000, 5000);
    assertThat(pauses(settings, 0, 10, 60)).containsExactly(1000L, 2000L, -1L);
    assertThat(pauses(settings, 0, 10, 61)).containsExactly(1000L, 2000L, 2000L);
    assertThat(pauses(settings, 0, 100, 200, 300)).containsOnly(1000L);
  }

  @Test
  void noneAllowedMeansNone() {
    assertThat(pauses(new RestartSettings(0, 60_000, 1000, 5000), 0)).containsExactly(-1L);
  }

  @Test
  void manyFailuresDoNotOverflowThePause() {
    RestartPolicy policy = new RestartPolicy(new RestartSettings(1000, 60_000, 3000, 60_000));
    for (int i = 0; i < 200; i++) {
      assertThat(policy.failed(i, null)).isBetween(3000L, 60_000L);
    }
  }

  @Test
  void aTaskThatFailsInTheSameWayThreeTimesInARowFailsForGood() {
    RestartPolicy policy = new RestartPolicy(new RestartSettings(10, 60_000, 100, 5000));
    assertThat(policy.failed(0, "TM-4001: at offset 7")).isEqualTo(100);
    assertThat(policy.failed(1, "TM-4001: at offset 7")).isEqualTo(200);
    assertThat(policy.failed(2, "TM-4001: at offset 8")).isEqualTo(400);
    assertThat(policy.failed(3, "TM-4001: at offset 8")).isEqualTo(800);
    assertThat(policy.failed(4, "TM-2001: away")).isEqualTo(1600);
    assertThat(policy.failed(5, "TM-4001: at offset 8")).isEqualTo(3200);
    assertThat(policy.failed(6, "TM-4001: at offset 8")).isEqualTo(5000);
    assertThat(policy.failed(7, "TM-4001: at offset 8")).isEqualTo(-1);
  }

  @Test
  void whatAnotherStartCannotChangeIsNotTriedAgain() {
    assertThat(RestartPolicy.isWorthwhile(new ConfigException("TM-1002", "wrong"))).isFalse();
    assertThat(RestartPolicy.isWorthwhile(new FencedException("TM-3101", "over", null))).isFalse();
    assertThat(RestartPolicy.isWorthwhile(new StateException("TM-3003", "damaged"))).isTrue();
    assertThat(RestartPolicy.isWorthwhile(new OutOfMemoryError())).isTrue();
  }
}
