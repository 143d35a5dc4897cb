package io.tidemark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.checkpoint.Timeline.Origin;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TimelineTest {

  /** What was sent, and what was sent before a checkpoint was taken. */
  private record Sent(int timeline, long cut) {}

  private record Taken(long number, Life life, Set<Sent> before) {}

  private record Life(Timeline timeline, Set<Sent> history) {}

  @Test
  void what_the_former_timeline_did_after_the_cut_is_void() {
    Timeline second = new Timeline(2, "j-t2", List.of(), List.of(new Origin(2, 5)));
    assertThat(second.counts(1, 4)).isTrue();
    assertThat(second.counts(1, 5)).isFalse();
    assertThat(second.counts(2, 5)).isTrue();
    assertThat(second.counts(3, 4)).isFalse();
  }

  @Test
  void what_was_done_on_a_timeline_that_this_one_does_not_go_back_to_is_void() {
    // The second began from checkpoint 3; the third goes back to checkpoint 5 of the first.
    Timeline third = new Timeline(3, "j-t3", List.of(), List.of(new Origin(3, 5)));
    assertThat(third.counts(1, 4)).isTrue();
    assertThat(third.counts(2, 3)).isFalse();
  }

  @Test
  void exactly_what_led_to_this_timeline_counts_whatever_was_started_from_what() {
    for (long seed = 0; seed < 500; seed++) {
      check(new Random(seed), "seed " + seed);
    }
  }

  private static void check(Random random, String description) {
    List<Taken> checkpoints = new ArrayList<>();
    Set<Sent> all = new HashSet<>();
    Life life = new Life(new Timeline(1, "j", List.of(), List.of()), new HashSet<>());
    long cut = 0;
    long numbers = 0;
    for (int step = 0; step < 30; step++) {
      int choice = random.nextInt(6);
      if (choice == 0) {
        Taken from =
            checkpoints.isEmpty() ? null : checkpoints.get(random.nextInt(checkpoints.size()));
        life = begin(life.timeline().number() + 1, from);
        cut = from == null ? 0 : from.number();
      } else if (choice == 1) {
        cut = ++numbers;
        checkpoints.add(new Taken(cut, life, new HashSet<>(life.history())));
      } else {
        Sent sent = new Sent(life.timeline().number(), cut);
        life.history().add(sent);
        all.add(sent);
      }
      Timeline now = life.timeline();
      for (Sent sent : all) {
        assertThat(now.counts(sent.timeline(), sent.cut()))
            .as("%s: %s on %s", description, sent, now)
            .isEqualTo(life.history().contains(sent));
      }
    }
  }

  private static Life begin(int number, @org.jspecify.annotations.Nullable Taken from) {
    List<Origin> origins = new ArrayList<>();
    if (from != null) {
      origins.addAll(from.life().timeline().origins());
    }
    origins.add(new Origin(number, from == null ? 0 : from.number()));
    return new Life(
        new Timeline(number, "j-t" + number, List.of(), origins),
        from == null ? new HashSet<>() : new HashSet<>(from.before()));
  }
}
