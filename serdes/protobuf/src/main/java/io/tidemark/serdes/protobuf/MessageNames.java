package io.tidemark.serdes.protobuf;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The full names of the messages in the text of a {@code .proto} file, by their {@link
 * MessageIndexes}. Looks for nothing else than messages and braces, so it takes the text for well
 * formed, as a registry has checked.
 */
final class MessageNames {
  private static final Pattern TOKEN =
      Pattern.compile(
          "//[^\\n]*|/\\*.*?\\*/" // comments
              + "|\"(?:[^\"\\\\]|\\\\.)*+\"|'(?:[^'\\\\]|\\\\.)*+'" // strings
              + "|[\\w.]+|[^\\s\\w]",
          Pattern.DOTALL);

  private final Map<List<Integer>, String> names = new HashMap<>();
  private final Deque<Block> open = new ArrayDeque<>();

  /**
   * What is between braces.
   *
   * @param name the full name of the message, or else the package; null if there cannot be messages
   *     in it
   */
  private record Block(@Nullable String name, List<Integer> indexes, int[] messages) {
    Block(@Nullable String name, List<Integer> indexes) {
      this(name, indexes, new int[1]);
    }
  }

  private MessageNames() {}

  static Map<List<Integer>, String> in(String text) {
    MessageNames found = new MessageNames();
    found.scan(tokens(text));
    return found.names;
  }

  private static List<String> tokens(String text) {
    List<String> tokens = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(text);
    while (matcher.find()) {
      String token = matcher.group();
      if (!token.startsWith("//") && !token.startsWith("/*")) {
        tokens.add(token);
      }
    }
    return tokens;
  }

  private void scan(List<String> tokens) {
    open.push(new Block("", List.of()));
    for (int i = 0; i < tokens.size(); i++) {
      String token = tokens.get(i);
      boolean begins = i == 0 || List.of(";", "{", "}").contains(tokens.get(i - 1));
      if (begins && open.size() == 1 && token.equals("package")) {
        open.pop();
        open.push(new Block(tokens.get(++i), List.of()));
      } else if (begins && token.equals("message") && isBrace(tokens, i + 2)) {
        beginMessage(tokens.get(i + 1));
        i += 2; // the name and the brace
      } else if (token.equals("{")) {
        open.push(new Block(null, List.of()));
      } else if (token.equals("}") && open.size() > 1) {
        open.pop();
      }
    }
  }

  private static boolean isBrace(List<String> tokens, int index) {
    return index < tokens.size() && tokens.get(index).equals("{");
  }

  private void beginMessage(String simpleName) {
    Block within = open.element();
    if (within.name() == null) {
      open.push(new Block(null, List.of()));
      return;
    }
    List<Integer> indexes = new ArrayList<>(within.indexes());
    indexes.add(within.messages()[0]++);
    String name = within.name().isEmpty() ? simpleName : within.name() + "." + simpleName;
    names.put(indexes, name);
    open.push(new Block(name, indexes));
  }
}
