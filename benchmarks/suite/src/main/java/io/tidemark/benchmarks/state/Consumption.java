package io.tidemark.benchmarks.state;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a process has used up so far.
 *
 * @param threadNanos processor time of the calling thread
 * @param processNanos processor time of all threads
 * @param wallNanos a clock
 * @param writtenBytes given to the file system to write
 */
public record Consumption(long threadNanos, long processNanos, long wallNanos, long writtenBytes) {

  static Consumption now() {
    return new Consumption(
        ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime(),
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
            .getProcessCpuTime(),
        System.nanoTime(),
        fromProc("io", "wchar: "));
  }

  /** What was used up since an earlier moment. */
  Consumption since(Consumption earlier) {
    return new Consumption(
        threadNanos - earlier.threadNanos,
        processNanos - earlier.processNanos,
        wallNanos - earlier.wallNanos,
        writtenBytes - earlier.writtenBytes);
  }

  /** The process's resident memory in bytes. */
  static long residentBytes() {
    return fromProc("status", "VmRSS:") << 10;
  }

  private static long fromProc(String file, String prefix) {
    try {
      List<String> lines = Files.readAllLines(Path.of("/proc/self", file));
      return lines.stream()
          .filter(line -> line.startsWith(prefix))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")))
          .findFirst()
          .orElse(0);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes a directory with all that is in it. */
  public static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted((one, other) -> other.compareTo(one)).forEach(file -> file.toFile().delete());
    }
  }
}
