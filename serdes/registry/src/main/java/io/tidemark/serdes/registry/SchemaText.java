package io.tidemark.serdes.registry;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Reads the schemas that the settings of serdes have in them, or name files of. */
public final class SchemaText {
  private SchemaText() {}

  /**
   * The text that {@code schema} is, or that is in the file that {@code schema.file} names; null
   * with neither.
   *
   * @throws ConfigException (TM-1021) if the file cannot be read
   */
  public static @Nullable String configured(Config settings) {
    String inline = settings.get("schema");
    if (inline != null) {
      return inline;
    }
    String file = settings.get("schema.file");
    return file == null ? null : inFile("schema.file", file);
  }

  /**
   * The text in a file.
   *
   * @param key the setting that names it, for messages
   * @throws ConfigException (TM-1021) if it cannot be read
   */
  public static String inFile(String key, String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException | InvalidPathException e) {
      throw new ConfigException(
          "TM-1021",
          "serializers.registry.<serde>." + key + "=" + file + ": the file cannot be read: " + e,
          e);
    }
  }
}
