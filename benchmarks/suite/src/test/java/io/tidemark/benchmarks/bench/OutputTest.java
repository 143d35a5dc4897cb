package io.tidemark.benchmarks.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.benchmarks.contender.Message;
import io.tidemark.benchmarks.contender.Workload;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OutputTest {
  private static final KeySequence KEYS = KeySequence.uniform(10, 1);
  private static final int RECORDS = 100;

  @Test
  void counts_in_order_are_exact() {
    Output output = counts();
    Map<Long, Long> counts = new HashMap<>();
    for (int number = 0; number < RECORDS; number++) {
      long key = KEYS.key(number);
      output.add(Topics.bytes(key), Topics.bytes(counts.merge(key, 1L, Long::sum)));
    }
    output.finish();
    assertThat(output.isComplete()).isTrue();
  }

  @Test
  void a_count_that_comes_twice_is_found() {
    Output output = counts();
    output.add(Topics.bytes(3), Topics.bytes(1));
    assertThatThrownBy(() -> output.add(Topics.bytes(3), Topics.bytes(1)))
        .isInstanceOf(InexactException.class)
        .hasMessageContaining("key 3");
  }

  @Test
  void a_count_that_is_left_out_is_found() {
    Output output = counts();
    assertThatThrownBy(() -> output.add(Topics.bytes(3), Topics.bytes(2)))
        .isInstanceOf(InexactException.class);
  }

  @Test
  void counts_of_the_wrong_keys_are_found_at_the_end() {
    Output output = counts();
    for (int number = 0; number < RECORDS; number++) {
      output.add(Topics.bytes(0), Topics.bytes(number + 1));
    }
    assertThatThrownBy(output::finish).isInstanceOf(InexactException.class);
  }

  @Test
  void copies_are_exact_in_any_order_of_keys() {
    Output output = Output.of(work(Workload.COPY));
    for (long key = 9; key >= 0; key--) {
      for (long number = 0; number < RECORDS; number++) {
        if (KEYS.key(number) == key) {
          output.add(Topics.bytes(key), Message.of(number));
        }
      }
    }
    output.finish();
  }

  @Test
  void a_copy_that_comes_twice_or_late_or_torn_or_with_another_key_is_found() {
    Output output = Output.of(work(Workload.COPY));
    long key = KEYS.key(0);
    long later = 1;
    while (KEYS.key(later) != key) {
      later++;
    }
    long second = later;
    output.add(Topics.bytes(KEYS.key(second)), Message.of(second));
    assertFails(output, key, Message.of(second));
    assertFails(output, key, Message.of(0));
    assertFails(output, (key + 1) % 10, Message.of(99));
    byte[] torn = Message.of(98);
    torn[50]++;
    assertFails(output, KEYS.key(98), torn);
  }

  @Test
  void what_a_recovery_repeats_or_leaves_out_is_found() {
    KeySequence keys = KeySequence.inTurn(RECORDS);
    Case work = Case.of("test", Workload.LATEST, keys, RECORDS).records(RECORDS + 2);
    Output output = Output.of(work);
    for (long number = 0; number <= RECORDS; number++) {
      output.add(Topics.bytes(keys.key(number)), Topics.bytes(number));
    }
    assertFails(output, keys.key(RECORDS), Topics.bytes(RECORDS));
    assertFails(output, keys.key(5), Topics.bytes(5));
    assertThatThrownBy(output::finish).hasMessageContaining("1 messages are missing");
  }

  @Test
  void a_lookup_that_found_nothing_is_found() {
    Output output = Output.of(work(Workload.ENRICH).table(10));
    byte[] message = ByteBuffer.allocate(2 * Long.BYTES).putLong(5).putLong(-1).array();
    assertFails(output, KEYS.key(5), message);
  }

  private static void assertFails(Output output, long key, byte[] message) {
    assertThatThrownBy(() -> output.add(Topics.bytes(key), message))
        .isInstanceOf(InexactException.class);
  }

  private static Output counts() {
    return Output.of(work(Workload.COUNT));
  }

  private static Case work(Workload workload) {
    return Case.of("test", workload, KEYS, RECORDS);
  }
}
