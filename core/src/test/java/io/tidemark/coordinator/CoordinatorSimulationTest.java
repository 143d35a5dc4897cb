package io.tidemark.coordinator;

import org.junit.jupiter.api.Test;

class CoordinatorSimulationTest {
  /** More of them with -Dtidemark.coordinator.seeds=N. */
  private static final int SEEDS = Integer.getInteger("tidemark.coordinator.seeds", 300);

  private static final long FIRST = Long.getLong("tidemark.coordinator.seed", 1);

  @Test
  void whatever_is_lost_late_or_dead_no_task_runs_twice_and_in_the_end_all_is_well() {
    for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
      try {
        new CoordinatorSimulation(seed).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "seed " + seed + "; repeat with -Dtidemark.coordinator.seed=" + seed, e);
      }
    }
  }
}
