package io.tidemark.cli;

/** Writes any text as one line, and back. */
final class Lines {
  private Lines() {}

  /**
   * The text with a backslash before each backslash, and line ends as {@code \n} and {@code \r}.
   */
  static String escape(String text) {
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r");
  }

  /** The text that {@link #escape} made this line of. */
  static String unescape(String line) {
    StringBuilder text = new StringBuilder(line.length());
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '\\' && i + 1 < line.length()) {
        i++;
        c = line.charAt(i);
        c = c == 'n' ? '\n' : c == 'r' ? '\r' : c;
      }
      text.append(c);
    }
    return text.toString();
  }
}
