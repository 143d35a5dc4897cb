package io.tidemark.benchmarks.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class KeySequenceTest {
  private static final int DRAWN = 200_000;

  @Test
  void uniform_keys_come_alike() {
    int[] counts = drawn(KeySequence.uniform(100, 7));
    assertThat(Arrays.stream(counts).boxed()).allMatch(count -> count > 1_600 && count < 2_400);
  }

  @Test
  void few_keys_of_zipf_come_often() {
    int[] counts = drawn(KeySequence.zipf(10_000, 7));
    Arrays.sort(counts);
    int often = Arrays.stream(counts, 9_900, 10_000).sum();
    assertThat(often).isBetween(DRAWN * 45 / 100, DRAWN * 65 / 100);
  }

  private static int[] drawn(KeySequence keys) {
    int[] counts = new int[keys.keys()];
    for (int number = 0; number < DRAWN; number++) {
      counts[(int) keys.key(number)]++;
    }
    return counts;
  }
}
