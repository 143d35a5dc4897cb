package io.tidemark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class StateDigestTest {
  private final Random random = new Random(7);

  private record Pair(byte[] key, byte[] value) {}

  private List<Pair> pairs(int count) {
    List<Pair> pairs = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] key = new byte[2 + random.nextInt(20)];
      byte[] value = new byte[random.nextInt(40)];
      random.nextBytes(key);
      random.nextBytes(value);
      key[0] = 0;
      key[1] = (byte) random.nextInt(4);
      pairs.add(new Pair(key, value));
    }
    return pairs;
  }

  private static Map<Integer, SlotDigest> digest(List<Pair> pairs) {
    StateDigest digest = new StateDigest();
    pairs.forEach(pair -> digest.add(pair.key(), pair.value()));
    return digest.slots();
  }

  @Test
  void the_order_of_entries_does_not_matter() {
    List<Pair> pairs = pairs(500);
    Map<Integer, SlotDigest> expected = digest(pairs);
    assertThat(expected).hasSize(4);
    Collections.shuffle(pairs, random);
    assertThat(digest(pairs)).isEqualTo(expected);
  }

  @Test
  void what_is_taken_away_was_never_there() {
    List<Pair> stays = pairs(100);
    List<Pair> goes = pairs(100);
    StateDigest digest = new StateDigest();
    stays.forEach(pair -> digest.add(pair.key(), pair.value()));
    goes.forEach(pair -> digest.add(pair.key(), pair.value()));
    goes.forEach(pair -> digest.remove(pair.key(), pair.value()));
    assertThat(digest.slots()).isEqualTo(digest(stays));
  }

  @Test
  void digests_of_parts_add_up() {
    List<Pair> all = pairs(200);
    all.forEach(pair -> pair.key()[1] = 3);
    SlotDigest left = digest(all.subList(0, 80)).get(3);
    SlotDigest right = digest(all.subList(80, 200)).get(3);
    SlotDigest whole = digest(all).get(3);
    assertThat(left.plus(right)).isEqualTo(whole);
    assertThat(whole.minus(right)).isEqualTo(left);
    assertThat(left.plus(SlotDigest.EMPTY)).isEqualTo(left);
  }

  @Test
  void any_bit_and_any_length_make_a_difference_in_both_hashes() {
    byte[] key = new byte[13];
    byte[] value = new byte[21];
    Set<Long> first = new HashSet<>();
    Set<Long> second = new HashSet<>();
    int count = 0;
    for (int length = 2; length <= 13; length++) {
      for (int valueLength = 0; valueLength <= 21; valueLength++) {
        count += add(new byte[length], new byte[valueLength], first, second);
      }
    }
    for (int bit = 16; bit < 8 * 13; bit++) {
      byte[] flipped = key.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      count += add(flipped, value, first, second);
    }
    for (int bit = 0; bit < 8 * 21; bit++) {
      byte[] flipped = value.clone();
      flipped[bit / 8] ^= (byte) (1 << bit % 8);
      count += add(key, flipped, first, second);
    }
    assertThat(first).hasSize(count);
    assertThat(second).hasSize(count);
    first.retainAll(second);
    assertThat(first).isEmpty();
  }

  private static int add(byte[] key, byte[] value, Set<Long> first, Set<Long> second) {
    SlotDigest digest = digest(List.of(new Pair(key, value))).get(0);
    first.add(digest.first());
    second.add(digest.second());
    return 1;
  }

  @Test
  void the_hashes_are_part_of_the_format() {
    StateDigest digest = new StateDigest();
    digest.add("\u0000\u0005key".getBytes(StandardCharsets.UTF_8), new byte[] {1, 2, 3});
    assertThat(digest.slots())
        .isEqualTo(Map.of(5, new SlotDigest(1, 750226550894205200L, -6406629155370832801L)));
  }
}
