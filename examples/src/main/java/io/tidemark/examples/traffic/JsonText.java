package io.tidemark.examples.traffic;

/** Texts as JSON has them: in quotes, with quotes, backslashes and control characters escaped. */
final class JsonText {
  private JsonText() {}

  static void append(StringBuilder json, String text) {
    json.append('"');
    int copied = 0;
    for (int i = 0; i < text.length(); i++) {
      char character = text.charAt(i);
      if (character < ' ' || character == '"' || character == '\\') {
        json.append(text, copied, i);
        appendEscaped(json, character);
        copied = i + 1;
      }
    }
    json.append(text, copied, text.length()).append('"');
  }

  private static void appendEscaped(StringBuilder json, char character) {
    if (character < ' ') {
      json.append("\\u00").append(character < 0x10 ? '0' : '1');
      json.append(Character.forDigit(character & 0xf, 16));
    } else {
      json.append('\\').append(character);
    }
  }
}
