package io.tidemark.cli;

import io.tidemark.api.Config;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.Writer;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a supervisor hands the configuration to a container, on its standard input: a line for each
 * key and one for its value, and an empty line after the last. So all containers have the same one,
 * however often they are restarted and whatever becomes of the file; and no secret is on a command
 * line or in another file.
 */
final class HandedConfig {
  private HandedConfig() {}

  static void write(Config config, Writer to) throws IOException {
    for (Map.Entry<String, String> entry : config.entrySet()) {
      to.write(Lines.escape(entry.getKey()) + "\n" + Lines.escape(entry.getValue()) + "\n");
    }
    to.write("\n");
    to.flush();
  }

  static Config read(BufferedReader from) throws IOException {
    Map<String, String> entries = new TreeMap<>();
    for (String key = line(from); !key.isEmpty(); key = line(from)) {
      entries.put(Lines.unescape(key), Lines.unescape(line(from)));
    }
    return Config.of(entries);
  }

  private static String line(BufferedReader from) throws IOException {
    String line = from.readLine();
    if (line == null) {
      throw new EOFException("the supervisor ended before it had handed over the configuration");
    }
    return line;
  }
}
