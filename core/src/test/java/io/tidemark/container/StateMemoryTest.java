package io.tidemark.container;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StateMemoryTest {
  @ParameterizedTest
  @CsvSource({
    "1024, 4096, 384, 128, 512",
    "1024, 768, 192, 64, 768",
    "8, 4096, 3, 1, 4",
  })
  void allPartsTogetherAreWhatIsAllowed(
      long totalMib, long heapMib, long cacheMib, long heldMib, long engineMib) {
    StateMemory memory = StateMemory.of(totalMib << 20, heapMib << 20);

    assertThat(memory).isEqualTo(new StateMemory(cacheMib << 20, heldMib << 20, engineMib << 20));
    assertThat(memory.cacheBytes() + memory.heldBytes() + memory.engineBytes())
        .isEqualTo(totalMib << 20);
  }
}
