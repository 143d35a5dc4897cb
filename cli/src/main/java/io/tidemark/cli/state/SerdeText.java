package io.tidemark.cli.state;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.tidemark.api.JsonText;
import io.tidemark.api.Serde;
import io.tidemark.api.TidemarkException;
import io.tidemark.api.TupleSerde;
import java.util.HexFormat;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Shows what a serde wrote as JSON, and makes bytes of what people type. A serde without {@link
 * JsonText} is shown as its bytes and what {@code toString} says of the object: {@code
 * {"$bytes":"0a1b","$text":"..."}}. Confined to one thread.
 */
public final class SerdeText {
  private static final Pattern BYTES =
      Pattern.compile("\\s*\\{\\s*\"\\$bytes\"\\s*:\\s*\"((?:[0-9a-fA-F]{2})*)\"\\s*}\\s*");

  private final Serde<Object> serde;
  private final String key;

  /**
   * @param key the key of configuration that names the serde, for messages
   */
  public SerdeText(Serde<Object> serde, String key) {
    this.serde = serde;
    this.key = key;
  }

  /** The bytes as JSON on one line; bytes that the serde cannot read too. */
  public String json(byte[] bytes) {
    try {
      Object object = object(bytes);
      return serde instanceof JsonText<?>
          ? jsonText().toJson(object)
          : bytes(bytes, "$text", String.valueOf(object));
    } catch (RuntimeException e) {
      return bytes(bytes, "$error", String.valueOf(e.getMessage()));
    }
  }

  private static String bytes(byte[] bytes, String name, String text) {
    return "{\"$bytes\":\""
        + HexFormat.of().formatHex(bytes)
        + "\",\""
        + name
        + "\":"
        + quote(text)
        + "}";
  }

  /** The object that bytes stand for. */
  Object object(byte[] bytes) {
    return Objects.requireNonNull(serde.fromBytes(bytes), "the serde read null");
  }

  /**
   * The bytes that typed text stands for: the object's JSON, or {@code {"$bytes":"hex"}}; a string
   * may be without its quotes.
   *
   * @throws TidemarkException (TM-6008) if it stands for nothing
   */
  byte[] parse(String text) {
    Matcher bytes = BYTES.matcher(text);
    if (bytes.matches()) {
      return HexFormat.of().parseHex(bytes.group(1));
    }
    if (!(serde instanceof JsonText<?>)) {
      throw wrong(text, "the serde cannot read JSON", null);
    }
    try {
      return toBytes(text);
    } catch (RuntimeException e) {
      if (!text.isEmpty() && "\"{[".indexOf(text.charAt(0)) >= 0) {
        throw wrong(text, String.valueOf(e.getMessage()), e);
      }
      try {
        return toBytes(quote(text));
      } catch (RuntimeException alsoWrong) {
        throw wrong(text, String.valueOf(e.getMessage()), e);
      }
    }
  }

  /**
   * The bytes that begin the keys that typed text begins: {@code {"$bytes":"hex"}}, the first
   * elements of a tuple as a JSON array, or a whole key.
   *
   * @throws TidemarkException (TM-6008) if it stands for nothing
   */
  byte[] parsePrefix(String text) {
    if (BYTES.matcher(text).matches() || !((Serde<?>) serde instanceof TupleSerde tuples)) {
      return parse(text);
    }
    try {
      return tuples.prefixFromJson(text);
    } catch (RuntimeException e) {
      throw wrong(text, String.valueOf(e.getMessage()), e);
    }
  }

  private byte[] toBytes(String json) {
    return Objects.requireNonNull(serde.toBytes(jsonText().fromJson(json)), "the serde wrote null");
  }

  private TidemarkException wrong(String text, String why, @Nullable RuntimeException cause) {
    return new TidemarkException(
        "TM-6008",
        String.format(
            "%s is no key of this store (%s): %s. Give it as JSON, or its bytes as"
                + " {\"$bytes\":\"HEX\"}",
            text, key, why),
        cause);
  }

  @SuppressWarnings("unchecked") // a serde of some objects shows the same
  private JsonText<Object> jsonText() {
    return (JsonText<Object>) serde;
  }

  /** The type of column that holds the serde's objects as they are. */
  ColumnType columnType() {
    return switch (serde.schema()) {
      case "integer", "ordered-integer" -> ColumnType.INT;
      case "long", "ordered-long" -> ColumnType.LONG;
      case "double", "ordered-double" -> ColumnType.DOUBLE;
      case "bytes", "ordered-bytes" -> ColumnType.BYTES;
      default -> ColumnType.TEXT;
    };
  }

  /**
   * The bytes as a column of {@link #columnType} holds them.
   *
   * @throws TidemarkException (TM-6012) if the serde cannot read them
   */
  Object cell(byte[] bytes) {
    try {
      Object object = object(bytes);
      return columnType() != ColumnType.TEXT || object instanceof String ? object : json(bytes);
    } catch (RuntimeException e) {
      throw new TidemarkException(
          "TM-6012",
          String.format(
              "the bytes %s cannot be read with %s (%s): %s. --format jsonl shows bytes where the"
                  + " serde fails",
              HexFormat.of().formatHex(bytes), serde.getClass().getName(), key, e.getMessage()),
          e);
    }
  }

  static String quote(String text) {
    return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
  }
}
