package io.tidemark.checkpoint;

import java.util.regex.Pattern;

/** What blobs may be called, in any store; so that a name is never more than a name. */
public final class BlobNames {
  private static final int MAX_LENGTH = 512;
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*");

  private BlobNames() {}

  /**
   * Returns the name if blobs may be called so; throws an {@link IllegalArgumentException} if not.
   */
  public static String check(String name) {
    if (!isName(name)) {
      throw new IllegalArgumentException("no blob can be called \"" + name + "\"");
    }
    return name;
  }

  /** Whether a blob can be called so. */
  public static boolean isName(String name) {
    return name.length() <= MAX_LENGTH && NAME.matcher(name).matches();
  }

  /** Likewise the prefix of names: empty, or a name and a slash. */
  public static String checkPrefix(String prefix) {
    if (prefix.isEmpty()) {
      return prefix;
    }
    if (!prefix.endsWith("/")) {
      throw new IllegalArgumentException("the prefix \"" + prefix + "\" does not end with a slash");
    }
    check(prefix.substring(0, prefix.length() - 1));
    return prefix;
  }
}
