package io.tidemark.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

/** What the simulation is worth: it finds bugs that are put in. */
class PlantedBugsTest {
  private static final int SEEDS = 1000;

  @ParameterizedTest
  @EnumSource(value = Planted.class, names = "NOTHING", mode = Mode.EXCLUDE)
  void aPlantedBugIsFoundSoon(Planted bug) {
    long found = -1;
    try (Quiet quiet = Quiet.please()) {
      for (long seed = 0; seed < SEEDS && found < 0; seed++) {
        try {
          Simulation.run(seed, bug);
        } catch (Oracle.Violation e) {
          found = seed;
        }
      }
    }
    assertThat(found).as("the first seed that finds %s", bug).isNotNegative();
  }
}
