package io.tidemark.benchmarks.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class FirstRecordsTest {
  private final FirstRecords firsts = new FirstRecords(3);

  @Test
  void only_the_first_record_of_a_partition_matters() {
    firsts.add(1, 20);
    firsts.add(1, 90);
    firsts.add(0, 30);
    firsts.add(2, 70);
    firsts.add(0, 80);
    assertThat(firsts.isComplete()).isTrue();
    assertThat(firsts.ofAny()).isEqualTo(20);
    assertThat(firsts.ofEvery()).isEqualTo(70);
  }

  @Test
  void a_partition_without_a_record_is_not_left_out() {
    firsts.add(0, 10);
    firsts.add(0, 11);
    firsts.add(2, 12);
    assertThat(firsts.isComplete()).isFalse();
    assertThat(firsts.ofAny()).isEqualTo(10);
    assertThatThrownBy(firsts::ofEvery).hasMessageContaining("of 3 partitions only 2");
  }
}
