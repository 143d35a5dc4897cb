package io.tidemark.simulation;

import org.junit.jupiter.api.Test;

/**
 * Jobs in which everything goes wrong count each record once.
 *
 * <p>{@code -Dtidemark.seed=N} repeats one; {@code -Dtidemark.simulation.seeds=COUNT} takes so many
 * from there, or from 0.
 */
class SimulationTest {
  private static final int SEEDS = 150;

  @Test
  void whateverGoesWrongEachRecordIsCountedOnceAndEachCheckpointLeadsThere() {
    Long seed = Long.getLong("tidemark.seed");
    long first = seed == null ? 0 : seed;
    long count = Long.getLong("tidemark.simulation.seeds", seed == null ? SEEDS : 1);
    try (Quiet quiet = Quiet.please()) {
      run(first, count, seed != null);
    }
  }

  private static void run(long first, long count, boolean verbose) {
    long began = System.nanoTime();
    for (long seed = first; seed < first + count; seed++) {
      try {
        String what = Simulation.run(seed, Planted.NOTHING);
        if (verbose && count == 1) {
          System.out.println("seed " + seed + ": " + what);
        }
      } catch (Throwable e) {
        throw new AssertionError(
            "repeat it with ./mvnw -pl core test -Dtest=SimulationTest -Dtidemark.seed=" + seed, e);
      }
      if (verbose && (seed - first) % 500 == 499) {
        System.out.println(
            (seed - first + 1) + " seeds, " + (System.nanoTime() - began) / 1_000_000 + " ms");
      }
    }
  }

  /** Runs {@code COUNT} seeds from {@code FIRST} on, and goes on after those that fail. */
  public static void main(String[] arguments) {
    long first = Long.parseLong(arguments[0]);
    long count = Long.parseLong(arguments[1]);
    long began = System.nanoTime();
    long failed = 0;
    Quiet.please();
    Planted bug = arguments.length > 2 ? Planted.valueOf(arguments[2]) : Planted.NOTHING;
    for (long seed = first; seed < first + count; seed++) {
      try {
        Simulation.run(seed, bug);
      } catch (Throwable e) {
        failed++;
        System.out.println("seed " + seed + " failed: " + e);
      }
      if ((seed - first) % 100 == 99) {
        System.out.printf(
            "%d seeds, %d failed, %d ms each%n",
            seed - first + 1, failed, (System.nanoTime() - began) / 1_000_000 / (seed - first + 1));
      }
    }
  }
}
