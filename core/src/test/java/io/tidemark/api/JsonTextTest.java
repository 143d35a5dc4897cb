package io.tidemark.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class JsonTextTest {

  @Test
  void stringsAreQuotedAndEscaped() {
    assertThat(new StringSerde().toJson("a\"\\\n\u0001\u00e4\ud83d\ude00/"))
        .isEqualTo("\"a\\\"\\\\\\n\\u0001\u00e4\ud83d\ude00/\"");
    assertThat(new StringSerde().fromJson("\"\\u00e4\\/\\b\\f\\n\\r\\t\\\"\\\\\\ud83d\\ude00\""))
        .isEqualTo("\u00e4/\b\f\n\r\t\"\\\ud83d\ude00");
  }

  @Test
  void halfOfASurrogatePairIsEscaped() {
    assertThat(new StringSerde().toJson("\ud83d")).isEqualTo("\"\\ud83d\"");
  }

  @Test
  void numbersAreNumbersAndWhatJsonHasNoNumberForIsAString() {
    assertThat(new DoubleSerde().toJson(-0.0)).isEqualTo("-0.0");
    assertThat(new DoubleSerde().fromJson("-0.0")).isEqualTo(-0.0);
    assertThat(new DoubleSerde().fromJson("1e3")).isEqualTo(1000.0);
    assertThat(new DoubleSerde().toJson(Double.NaN)).isEqualTo("\"NaN\"");
    assertThat(new OrderedDoubleSerde().fromJson("\"-Infinity\""))
        .isEqualTo(Double.NEGATIVE_INFINITY);
    assertThat(new LongSerde().fromJson("-9223372036854775808")).isEqualTo(Long.MIN_VALUE);
  }

  @Test
  void bytesAreInBase64AndUuidsAsTheirText() {
    assertThat(new BytesSerde().toJson(new byte[] {1, 2, -1})).isEqualTo("\"AQL/\"");
    assertThat(new BytesSerde().fromJson("\"AQL/\"")).containsExactly(1, 2, -1);
    assertThat(new UUIDSerde().fromJson("\"F81D4FAE-7DEC-11D0-A765-00A0C91E6BF6\""))
        .isEqualTo(UUID.fromString("f81d4fae-7dec-11d0-a765-00a0c91e6bf6"));
  }

  @Test
  void whatIsNotJsonOfTheTypeIsRefused() {
    refuses(new StringSerde(), "", "abc", "\"", "\"a", "\"a\"b", "\"a\" \"b\"", "\"\\\"", "1");
    refuses(new StringSerde(), "\"\\x\"", "\"\\u12\"", "\"\\u12g4\"", "\"\n\"", "null");
    refuses(new IntegerSerde(), "2147483648", "1.0", "01", "+1", "1e2", "\"1\"", "- 1", "");
    refuses(new LongSerde(), "9223372036854775808", "NaN", "\u0661");
    refuses(new DoubleSerde(), "1e999", "NaN", ".5", "5.", "1f", "0x1p3", "\"nan\"");
    refuses(new UUIDSerde(), "\"1-1-1-1-1\"", "\"\"", "7");
    refuses(new BytesSerde(), "\"%\"", "\"A\"", "[1]");
  }

  private static void refuses(JsonText<?> text, String... wrong) {
    for (String json : List.of(wrong)) {
      assertThatThrownBy(() -> text.fromJson(json))
          .as(json)
          .isInstanceOf(SerializationException.class)
          .hasMessageStartingWith("TM-4503: ");
    }
  }
}
