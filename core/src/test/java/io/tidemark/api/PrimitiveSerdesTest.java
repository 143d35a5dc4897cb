package io.tidemark.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PrimitiveSerdesTest {
  @Test
  void whatIsWrittenIsReadAgain() {
    for (String string : List.of("", "a?b", "\u00e4\u20ac", "\ud83d\ude00?", "\0")) {
      assertThat(new StringSerde().fromBytes(new StringSerde().toBytes(string))).isEqualTo(string);
    }
    for (int i : new int[] {0, -1, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertThat(new IntegerSerde().fromBytes(new IntegerSerde().toBytes(i))).isEqualTo(i);
    }
    for (long l : new long[] {0, -1, Long.MIN_VALUE, Long.MAX_VALUE}) {
      assertThat(new LongSerde().fromBytes(new LongSerde().toBytes(l))).isEqualTo(l);
    }
    for (Double d : List.of(0.0, -0.0, 1.5, Double.NaN, Double.NEGATIVE_INFINITY)) {
      assertThat(new DoubleSerde().fromBytes(new DoubleSerde().toBytes(d))).isEqualTo(d);
    }
    UUID uuid = new UUID(-5, 7);
    assertThat(new UUIDSerde().fromBytes(new UUIDSerde().toBytes(uuid))).isEqualTo(uuid);
  }

  @Test
  void nullStaysNull() {
    for (Serde<?> serde :
        List.of(
            new StringSerde(),
            new IntegerSerde(),
            new LongSerde(),
            new DoubleSerde(),
            new UUIDSerde(),
            new BytesSerde())) {
      assertThat(serde.toBytes(null)).isNull();
      assertThat(serde.fromBytes(null)).isNull();
    }
  }

  @Test
  void equalObjectsHaveEqualBytes() {
    Double other = Double.longBitsToDouble(0x7ff8000000000001L);
    assertThat(other.equals(Double.NaN)).isTrue();
    assertThat(new DoubleSerde().toBytes(other)).isEqualTo(new DoubleSerde().toBytes(Double.NaN));
  }

  @Test
  void aStringThatUtf8CannotExpressIsRefused() {
    for (String string : List.of("\ud83d", "a\ude00", "\ud83d?", "\ude00\ud83d")) {
      assertThatThrownBy(() -> new StringSerde().toBytes(string))
          .isInstanceOf(SerializationException.class)
          .hasMessageContaining("surrogate");
    }
  }

  @Test
  void bytesOfAnotherLengthAreRefused() {
    assertThatThrownBy(() -> new LongSerde().fromBytes(new byte[7]))
        .hasMessageContaining("a long has 8 bytes; these are 7");
    assertThatThrownBy(() -> new IntegerSerde().fromBytes(new byte[8]))
        .hasMessageContaining("an integer has 4 bytes; these are 8");
  }
}
