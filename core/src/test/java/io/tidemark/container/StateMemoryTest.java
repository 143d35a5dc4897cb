package io.tidemark.container;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateMemoryTest {
  @ParameterizedTest
  @CsvSource({
    "1024, 4096, 448, 64, 512",
    "1024, 768, 224, 32, 768",
    "16, 4096, 7, 1, 8",
  })
  void allPartsTogetherAreWhatIsAllowed(
      long totalMib, long heapMib, long cacheMib, long heldMib, long engineMib) {
    StateMemory memory = StateMemory.of(totalMib << 20, heapMib << 20);

    assertThat(memory).isEqualTo(new StateMemory(cacheMib << 20, heldMib << 20, engineMib << 20));
    assertThat(memory.cacheBytes() + memory.heldBytes() + memory.engineBytes())
        .isEqualTo(totalMib << 20);
  }
}
