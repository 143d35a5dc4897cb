package io.tidemark.checkpoint;

import io.tidemark.api.TidemarkException;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Names a checkpoint of a job, as people do: {@code checkpoint:12}, {@code savepoint:before-v2}; or
 * {@code latest}, whichever has the highest number.
 *
 * @param kind what it names
 * @param number the checkpoint's number; 0 for the other kinds
 * @param name the savepoint's name; empty for the other kinds
 */
public record Location(Kind kind, long number, String name) {
  static final String CHECKPOINTS = "checkpoints/";
  static final String SAVEPOINTS = "savepoints/";
  static final String MANIFEST = "/manifest";

  /** The newest of all. */
  public static final Location LATEST = new Location(Kind.LATEST, 0, "");

  private static final Pattern CHECKPOINT = Pattern.compile("checkpoint:0*([1-9][0-9]{0,17})");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,99}");
  private static final Pattern BLOB = Pattern.compile("(checkpoints|savepoints)/([^/]+)/manifest");

  /** What a location names. */
  public enum Kind {
    /** A checkpoint, by its number. */
    CHECKPOINT,
    /** A savepoint, by its name. */
    SAVEPOINT,
    /** The newest of both. */
    LATEST
  }

  /** A checkpoint. */
  public static Location checkpoint(long number) {
    return new Location(Kind.CHECKPOINT, number, "");
  }

  /**
   * A savepoint.
   *
   * @throws TidemarkException (TM-8233) if the name has characters that it may not have
   */
  public static Location savepoint(String name) {
    if (!NAME.matcher(name).matches()) {
      throw wrong(
          "the savepoint name \""
              + name
              + "\" has more than letters, digits, '.', '_' and '-', begins with a dot, or has more"
              + " than 100 characters; choose another");
    }
    return new Location(Kind.SAVEPOINT, 0, name);
  }

  /** Where a manifest belongs. */
  public static Location of(CheckpointManifest manifest) {
    return manifest.savepoint().isEmpty()
        ? checkpoint(manifest.number())
        : savepoint(manifest.savepoint());
  }

  /**
   * Reads {@code checkpoint:N}, {@code savepoint:NAME}, {@code latest}, or the name of a manifest's
   * blob.
   *
   * @throws TidemarkException (TM-8233) if it is none of these
   */
  public static Location parse(String text) {
    Matcher checkpoint = CHECKPOINT.matcher(text);
    if (checkpoint.matches()) {
      return checkpoint(Long.parseLong(checkpoint.group(1)));
    }
    if (text.startsWith("savepoint:")) {
      return savepoint(text.substring("savepoint:".length()));
    }
    if (text.equals("latest")) {
      return LATEST;
    }
    Matcher blob = BLOB.matcher(text);
    if (!blob.matches()) {
      throw wrong(
          "\"" + text + "\" names no checkpoint; give checkpoint:N, savepoint:NAME or latest");
    }
    return blob.group(1).equals("savepoints")
        ? savepoint(blob.group(2))
        : parse("checkpoint:" + blob.group(2));
  }

  private static TidemarkException wrong(String message) {
    return new TidemarkException("TM-8233", message);
  }

  /** The blob of its manifest; not for the latest, which has to be looked for. */
  public String manifest() {
    return switch (kind) {
      case CHECKPOINT -> CHECKPOINTS + String.format(Locale.ROOT, "%012d", number) + MANIFEST;
      case SAVEPOINT -> SAVEPOINTS + name + MANIFEST;
      case LATEST -> throw new IllegalStateException("the latest has no name of its own");
    };
  }

  /** As {@link #parse} reads it. */
  @Override
  public String toString() {
    return switch (kind) {
      case CHECKPOINT -> "checkpoint:" + number;
      case SAVEPOINT -> "savepoint:" + name;
      case LATEST -> "latest";
    };
  }
}
