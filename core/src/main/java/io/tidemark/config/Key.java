package io.tidemark.config;

import org.jspecify.annotations.Nullable;

/**
 * The definition of a key, from which it is read, checked and documented.
 *
 * @param name its name, or the pattern of its names
 * @param type what its values look like
 * @param required whether it has to be given
 * @param absent the value where none is given; for a required key, one that lets the reading go on
 *     to find what else is wrong; null where it depends on something
 * @param shownDefault what the reference says of the value where none is given
 * @param meaning what it is for, in one line
 */
record Key<T>(
    KeyPattern name,
    ValueType<T> type,
    boolean required,
    @Nullable T absent,
    String shownDefault,
    String meaning) {

  static <T> Key<T> required(String name, ValueType<T> type, T absent, String meaning) {
    return new Key<>(new KeyPattern(name), type, true, absent, "required", meaning);
  }

  /** A key that has to be given unless another is, which whoever reads it looks at first. */
  static <T> Key<T> requiredUnless(
      String name, ValueType<T> type, T absent, String shown, String meaning) {
    return new Key<>(new KeyPattern(name), type, true, absent, shown, meaning);
  }

  static <T> Key<T> withDefault(String name, ValueType<T> type, String text, String meaning) {
    return new Key<>(
        new KeyPattern(name), type, false, type.parse(text), "`" + text + "`", meaning);
  }

  /** A key whose value, where none is given, depends on something. */
  static <T> Key<T> optional(String name, ValueType<T> type, String shown, String meaning) {
    return new Key<>(new KeyPattern(name), type, false, null, shown, meaning);
  }

  /** The first part of its name, such as {@code task}. */
  String group() {
    String text = name.toString();
    return text.substring(0, text.indexOf('.'));
  }
}
