package io.tidemark.benchmarks.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** What a benchmark ran on. */
final class Machine {
  private Machine() {}

  static Map<String, String> description() {
    Map<String, String> described = new LinkedHashMap<>();
    var system = ManagementFactory.getOperatingSystemMXBean();
    described.put("processors", Integer.toString(system.getAvailableProcessors()));
    described.put("processor", lineOf("/proc/cpuinfo", "model name"));
    described.put("memory", lineOf("/proc/meminfo", "MemTotal"));
    described.put("system", system.getName() + " " + system.getVersion() + " " + system.getArch());
    described.put("java", Runtime.version().toString());
    described.put("load at the start", "%.1f".formatted(system.getSystemLoadAverage()));
    return described;
  }

  private static String lineOf(String file, String beginning) {
    try {
      return Files.readAllLines(Path.of(file)).stream()
          .filter(line -> line.startsWith(beginning))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse("unknown");
    } catch (IOException e) {
      return "unknown";
    }
  }
}
