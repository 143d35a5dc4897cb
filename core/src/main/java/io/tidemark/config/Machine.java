package io.tidemark.config;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * What defaults depend on.
 *
 * @param processors how many processors this process may use
 * @param memoryBytes the memory of the machine, or what its container is allowed
 * @param dataFolder where the user's programs keep their data
 */
public record Machine(int processors, long memoryBytes, Path dataFolder) {

  /** The machine that this process runs on. */
  public static Machine current() {
    return new Machine(
        Runtime.getRuntime().availableProcessors(),
        memory(),
        dataFolder(
            System.getProperty("os.name", ""),
            Path.of(System.getProperty("user.home", "")),
            System.getenv()));
  }

  static Path dataFolder(String system, Path home, Map<String, String> environment) {
    String name = system.toLowerCase(Locale.ROOT);
    if (name.startsWith("mac")) {
      return home.resolve("Library").resolve("Application Support");
    }
    if (name.startsWith("windows")) {
      String local = environment.getOrDefault("LOCALAPPDATA", "");
      return local.isEmpty() ? home.resolve("AppData").resolve("Local") : Path.of(local);
    }
    Path data = Path.of(environment.getOrDefault("XDG_DATA_HOME", ""));
    // The XDG specification: a relative path is invalid and ignored.
    return data.isAbsolute() ? data : home.resolve(".local").resolve("share");
  }

  private static long memory() {
    try {
      return (Long)
          ManagementFactory.getPlatformMBeanServer()
              .getAttribute(
                  new ObjectName(ManagementFactory.OPERATING_SYSTEM_MXBEAN_NAME),
                  "TotalMemorySize");
    } catch (JMException | ClassCastException e) {
      // Not a JDK that tells: the heap is a quarter of the memory unless said otherwise.
      return 4 * Math.min(Runtime.getRuntime().maxMemory(), Long.MAX_VALUE / 4);
    }
  }
}
