package io.tidemark.api;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.AbstractMap;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** A job's configuration as the user wrote it: keys and values, in the order of keys. Immutable. */
public final class Config extends AbstractMap<String, String> {
  private static final List<String> SECRETS =
      List.of(
          "password",
          "passphrase",
          "secret",
          "token",
          "credential",
          "jaas",
          "keystore.key",
          "private.key",
          "basic.auth");

  private final Map<String, String> entries;

  private Config(Map<String, String> entries) {
    this.entries = Collections.unmodifiableMap(new TreeMap<>(entries));
  }

  /** A configuration of these entries. */
  public static Config of(Map<String, String> entries) {
    return new Config(entries);
  }

  /**
   * Reads a {@code .properties} file (UTF-8).
   *
   * @throws ConfigException (TM-1001) if it cannot be read
   */
  public static Config load(Path file) {
    Properties properties = new Properties();
    try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      properties.load(reader);
    } catch (NoSuchFileException e) {
      throw new ConfigException(
          "TM-1001", "there is no configuration file " + file.toAbsolutePath(), e);
    } catch (IOException | IllegalArgumentException e) {
      throw new ConfigException(
          "TM-1001", "cannot read the configuration file " + file.toAbsolutePath() + ": " + e, e);
    }
    Map<String, String> entries = new TreeMap<>();
    properties.forEach((key, value) -> entries.put((String) key, ((String) value).trim()));
    return new Config(entries);
  }

  /** This configuration with some entries added or replaced. */
  public Config with(Map<String, String> changes) {
    Map<String, String> merged = new TreeMap<>(entries);
    merged.putAll(changes);
    return new Config(merged);
  }

  /** The value of a key, or a default. */
  public String get(String key, String defaultValue) {
    return entries.getOrDefault(key, defaultValue);
  }

  /** A value as a whole number, or a default. */
  public int getInt(String key, int defaultValue) {
    String value = entries.get(key);
    return value == null ? defaultValue : (int) number(key, value);
  }

  /** A value as a whole number, or a default. */
  public long getLong(String key, long defaultValue) {
    String value = entries.get(key);
    return value == null ? defaultValue : number(key, value);
  }

  /** A value as {@code true} or {@code false}, or a default. */
  public boolean getBoolean(String key, boolean defaultValue) {
    String value = entries.get(key);
    return value == null ? defaultValue : Boolean.parseBoolean(value);
  }

  /** A value as the items between its commas, trimmed; empty if there is no such key. */
  public List<String> getList(String key) {
    return Arrays.stream(get(key, "").split(","))
        .map(String::trim)
        .filter(s -> !s.isEmpty())
        .toList();
  }

  /** The entries whose keys begin with a prefix, that prefix taken away. */
  public Config subset(String prefix) {
    Map<String, String> found = new TreeMap<>();
    entries.forEach(
        (key, value) -> {
          if (key.startsWith(prefix)) {
            found.put(key.substring(prefix.length()), value);
          }
        });
    return new Config(found);
  }

  /** Whether a key's value must never be printed. */
  public static boolean isSecret(String key) {
    String name = key.toLowerCase(Locale.ROOT);
    return SECRETS.stream().anyMatch(name::contains);
  }

  /** The entries, without the values of secrets. */
  @Override
  public String toString() {
    return entries.entrySet().stream()
        .map(e -> e.getKey() + "=" + (isSecret(e.getKey()) ? "[hidden]" : e.getValue()))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  @Override
  public Set<Map.Entry<String, String>> entrySet() {
    return entries.entrySet();
  }

  private static long number(String key, String value) {
    try {
      return Long.parseLong(value);
    } catch (NumberFormatException e) {
      throw new ConfigException(
          "TM-1004",
          key
              + (isSecret(key) ? "" : "=" + value)
              + " is not a whole number; correct it in the configuration",
          e);
    }
  }
}
