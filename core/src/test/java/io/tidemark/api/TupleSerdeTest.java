package io.tidemark.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TupleSerdeTest {
  private final TupleSerde serde =
      TupleSerde.of(new StringSerde(), new OrderedLongSerde(), new UUIDSerde());

  @Test
  void aPrefixBeginsTheBytesOfAllTuplesWithTheseFirstPartsAndOfNoOthers() {
    long seed = Long.getLong("tidemark.seed", System.nanoTime());
    Random random = new Random(seed);
    for (int i = 0; i < 2_000; i++) {
      Tuple one = random(random);
      Tuple other = random(random);
      for (int size = 0; size <= 3; size++) {
        List<Object> first = one.parts().subList(0, size);
        assertThat(beginsWith(serde.toBytes(other), serde.prefix(first.toArray())))
            .as("seed %d: %s of %s", seed, first, other)
            .isEqualTo(other.parts().subList(0, size).equals(first));
      }
    }
  }

  @Test
  void aPrefixCanBeMadeOfJson() {
    assertThat(serde.prefixFromJson("[]")).isEmpty();
    assertThat(serde.prefixFromJson("[\"a\", -1]")).isEqualTo(serde.prefix("a", -1L));
    for (String wrong : List.of("\"a\"", "[1]", "[\"a\",1,2,3]")) {
      assertThatThrownBy(() -> serde.prefixFromJson(wrong))
          .as(wrong)
          .isInstanceOf(SerializationException.class)
          .hasMessageStartingWith("TM-4503: ");
    }
  }

  private static Tuple random(Random random) {
    String[] names = {"", "a", "a\0", "ab", "\0", "\0a"};
    return Tuple.of(
        names[random.nextInt(names.length)], (long) random.nextInt(3) - 1, new UUID(0, 0));
  }

  private static boolean beginsWith(byte[] bytes, byte[] prefix) {
    return bytes.length >= prefix.length
        && Arrays.equals(bytes, 0, prefix.length, prefix, 0, prefix.length);
  }

  @Test
  void negativeNumbersComeBeforePositiveOnesAndShortStringsBeforeLongerOnes() {
    List<Tuple> inOrder =
        List.of(
            tuple("", 5),
            tuple("a", -1),
            tuple("a", 0),
            tuple("a", 1),
            tuple("a\0", -9),
            tuple("ab", -9),
            tuple("\uffff", 0),
            tuple("\ud83d\ude00", 0));
    assertThat(
            inOrder.stream()
                .map(serde::toBytes)
                .sorted(Arrays::compareUnsigned)
                .map(serde::fromBytes))
        .containsExactlyElementsOf(inOrder);
  }

  private static Tuple tuple(String name, long number) {
    return Tuple.of(name, number, new UUID(0, 0));
  }

  @Test
  void aTupleIsAnArrayInJson() {
    Tuple tuple = Tuple.of("a,\"]", -1L, new UUID(0, 1));
    String json = "[\"a,\\\"]\",-1,\"00000000-0000-0000-0000-000000000001\"]";
    assertThat(serde.toJson(tuple)).isEqualTo(json);
    assertThat(serde.fromJson(json)).isEqualTo(tuple);
    for (String wrong :
        List.of(
            "",
            "[",
            "[]",
            "[\"a\",1]",
            "[\"a\",1,]",
            "[\"a\" 1 2]",
            "{}",
            "[[\"a\",1,2]",
            "[\"]")) {
      assertThatThrownBy(() -> serde.fromJson(wrong))
          .as(wrong)
          .isInstanceOf(SerializationException.class)
          .hasMessageStartingWith("TM-4503: ");
    }
  }

  @Test
  void partsThatDoNotFitAreRefusedAndNamed() {
    assertThatThrownBy(() -> serde.toBytes(Tuple.of("a", 1, new UUID(0, 0))))
        .isInstanceOf(SerializationException.class)
        .hasMessageStartingWith(
            "TM-4502: part 1 of a tuple is a java.lang.Integer, and"
                + " tuple(string,ordered-long,uuid) writes ordered-long there");
    assertThatThrownBy(() -> serde.toBytes(Tuple.of("a")))
        .hasMessageContaining("(a) has 1 parts, and tuple(string,ordered-long,uuid) has 3");
    assertThatThrownBy(() -> serde.prefix("a", 1L, new UUID(0, 0), "b"))
        .hasMessageContaining("4 parts are no beginning of");
    assertThatThrownBy(() -> serde.toJson(Tuple.of(1L, 1L, 1L)))
        .hasMessageStartingWith("TM-4502: part 0 of a tuple is a java.lang.Long");
  }

  @Test
  void aTupleIsAValue() {
    Tuple tuple = Tuple.of("a", 1L);
    assertThat(tuple).isEqualTo(Tuple.of("a", 1L)).hasSameHashCodeAs(Tuple.of("a", 1L));
    assertThat(tuple).isNotEqualTo(Tuple.of("a", 1)).hasToString("(a, 1)");
    assertThat(tuple.size()).isEqualTo(2);
    assertThat(tuple.get(1)).isEqualTo(1L);
    assertThat(tuple.get(1, Long.class)).isEqualTo(1L);
    assertThatThrownBy(() -> tuple.get(1, String.class)).isInstanceOf(ClassCastException.class);
    assertThatThrownBy(() -> Tuple.of("a", null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> tuple.parts().clear())
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void theFirstPartIsHashedAsThePlainSerdeOfTheInputWritesIt() {
    FirstOfTuple first = new FirstOfTuple();
    byte[] unused = {};
    assertThat(first.of(Tuple.of("a\0b", 1L), unused))
        .isEqualTo("a\0b".getBytes(StandardCharsets.UTF_8));
    assertThat(first.of(Tuple.of(-1L, "x"), unused)).isEqualTo(new LongSerde().toBytes(-1L));
    assertThat(first.of(Tuple.of(-1), unused)).isEqualTo(new IntegerSerde().toBytes(-1));
    assertThat(first.of(Tuple.of(-1.5), unused)).isEqualTo(new DoubleSerde().toBytes(-1.5));
    UUID uuid = new UUID(1, 2);
    assertThat(first.of(Tuple.of(uuid), unused)).isEqualTo(new UUIDSerde().toBytes(uuid));
    assertThatThrownBy(() -> first.of(Tuple.of(Tuple.of(1)), unused))
        .isInstanceOf(SerializationException.class)
        .hasMessageContaining("does not know by which bytes of a io.tidemark.api.Tuple");
  }

  /** Whatever is cut off a key: what is left names the key's own partitioning key, or none. */
  @Test
  void thePartitioningKeyOfAPrefixIsThatOfAllKeysThatBeginSo() {
    TupleSerde serde = TupleSerde.of(new StringSerde(), new OrderedLongSerde());
    FirstOfTuple first = new FirstOfTuple();
    for (String text : List.of("", "a", "ada", "a\u0000", "a\u0000\u0000b", "\u00e9")) {
      Tuple tuple = Tuple.of(text, 42L);
      byte[] bytes = serde.toBytes(tuple);
      int whole = serde.prefix(text).length;
      for (int length = 0; length <= bytes.length; length++) {
        byte[] found = first.ofPrefix(Arrays.copyOf(bytes, length), serde);
        if (length < whole) {
          assertThat(found).as("%s, %d bytes", text, length).isNull();
        } else {
          assertThat(found).as("%s, %d bytes", text, length).isEqualTo(first.of(tuple, bytes));
        }
      }
    }
  }
}
