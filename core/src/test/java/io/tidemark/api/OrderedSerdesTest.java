package io.tidemark.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class OrderedSerdesTest {

  @Test
  void doublesAreInTheOrderOfNumbersWithTheNegativeZeroFirstAndOneNaNLast() {
    inOrder(
        new OrderedDoubleSerde(),
        Double.NEGATIVE_INFINITY,
        -Double.MAX_VALUE,
        -1.5,
        -Double.MIN_VALUE,
        -0.0,
        0.0,
        Double.MIN_VALUE,
        1.5,
        Double.MAX_VALUE,
        Double.POSITIVE_INFINITY,
        Double.NaN);
  }

  @Test
  void allNaNsAreWrittenAsOneAndNoOtherIsRead() {
    OrderedDoubleSerde serde = new OrderedDoubleSerde();
    byte[] canonical = serde.toBytes(Double.NaN);
    for (long bits : new long[] {0x7ff8000000000001L, 0xfff8000000000000L, -1}) {
      assertThat(serde.toBytes(Double.longBitsToDouble(bits))).isEqualTo(canonical);
    }
    byte[] other = canonical.clone();
    other[7] ^= 1;
    assertThatThrownBy(() -> serde.fromBytes(other))
        .hasMessageStartingWith("TM-4501: fff8000000000001 is a NaN");
  }

  @Test
  void wholeNumbersAreInOrderAcrossSigns() {
    inOrder(new OrderedLongSerde(), Long.MIN_VALUE, -256L, -1L, 0L, 1L, 255L, 256L, Long.MAX_VALUE);
    inOrder(new OrderedIntegerSerde(), Integer.MIN_VALUE, -1, 0, 1, Integer.MAX_VALUE);
  }

  @Test
  void stringsAreInTheOrderOfCodePointsAndUuidsInThatOfTheirText() {
    inOrder(new StringSerde(), "", "\0", "a", "a\0", "ab", "\uffff", "\ud83d\ude00");
    inOrder(new UUIDSerde(), new UUID(0, -1), new UUID(1, 0), new UUID(-1, 0), new UUID(-1, -1));
  }

  @SafeVarargs
  private static <T> void inOrder(Serde<T> serde, T... objects) {
    for (int i = 1; i < objects.length; i++) {
      assertThat(Arrays.compareUnsigned(serde.toBytes(objects[i - 1]), serde.toBytes(objects[i])))
          .as("%s before %s", objects[i - 1], objects[i])
          .isNegative();
    }
  }

  @Test
  void bytesOfAnotherLengthAreRefused() {
    byte[] nineBytes = {1, 2, 3, 4, 5, 6, 7, 8, 9};
    for (Serde<?> serde :
        List.of(new OrderedLongSerde(), new OrderedIntegerSerde(), new OrderedDoubleSerde())) {
      assertThatThrownBy(() -> serde.fromBytes(new byte[3]))
          .isInstanceOf(SerializationException.class)
          .hasMessageStartingWith("TM-4501: 3 bytes are too few for " + serde.schema());
      assertThatThrownBy(() -> serde.fromBytes(nineBytes))
          .hasMessageContaining("of 9 bytes are too many for " + serde.schema());
    }
  }

  @Test
  void bytesThatAreNoUtf8AreReadAsWhatTheyMayMeanButRefusedInATuple() {
    TupleSerde tuples = TupleSerde.of(new StringSerde());
    byte[][] malformed = {{(byte) 0xff}, {(byte) 0xc0, (byte) 0x80}, {'a', (byte) 0xe2}};
    for (byte[] bytes : malformed) {
      assertThat(new StringSerde().fromBytes(bytes)).contains("\ufffd");
      assertThatThrownBy(() -> tuples.fromBytes(Arrays.copyOf(bytes, bytes.length + 2)))
          .isInstanceOf(SerializationException.class)
          .hasMessageStartingWith("TM-4501: the bytes are not UTF-8");
    }
    Tuple replacement = Tuple.of("\ufffd");
    assertThat(tuples.fromBytes(tuples.toBytes(replacement))).isEqualTo(replacement);
  }
}
