package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.state.SweepPace.Place;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SweepPaceTest {
  private static final long TURN_NANOS = 1_000_000;

  /** Three sweeps that always want more ask in a row, again and again. */
  @Test
  void allHaveTheirTurnsAndTogetherTakeAFiftiethOfTheTime() {
    SweepPace pace = new SweepPace();
    List<Place> places = List.of(new Place(), new Place(), new Place());
    List<Integer> turns = new ArrayList<>();
    long start = System.nanoTime();
    long now = start;
    while (turns.size() < 300) {
      now += TURN_NANOS / 2; // what the worker does between two commits
      for (int i = 0; i < places.size(); i++) {
        if (pace.isTurnOf(places.get(i), now)) {
          pace.ended(places.get(i), now, now + TURN_NANOS);
          now += TURN_NANOS;
          turns.add(i);
        }
      }
    }
    for (int i = 0; i < places.size(); i++) {
      int sweep = i;
      assertThat(turns.stream().filter(turn -> turn == sweep)).hasSize(100);
    }
    assertThat(300.0 * TURN_NANOS / (now - start)).isBetween(0.015, 0.0205);
  }

  @Test
  void oneThatNoLongerAsksHoldsUpNobody() {
    SweepPace pace = new SweepPace();
    Place silent = new Place();
    Place other = new Place();
    long now = System.nanoTime();
    assertThat(pace.isTurnOf(silent, now)).isTrue();
    pace.ended(silent, now, now + TURN_NANOS);
    int turns = 0;
    for (int i = 0; i < 1_000; i++) {
      now += TURN_NANOS;
      if (pace.isTurnOf(other, now)) {
        pace.ended(other, now, now + TURN_NANOS);
        turns++;
      }
    }
    assertThat(turns).isBetween(15, 20);
  }
}
