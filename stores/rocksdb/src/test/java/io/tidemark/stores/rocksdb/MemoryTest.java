package io.tidemark.stores.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/**
 * Native memory stays bounded, and nothing of it is lost. Measured on processes of their own, with
 * a heap that does not grow.
 */
@EnabledOnOs(OS.LINUX)
class MemoryTest {
  private static final long MIB = 1 << 20;
  private static final boolean SHORT = Boolean.getBoolean("tidemark.slow.short");

  @TempDir Path directory;

  @Test
  void memory_does_not_grow_with_engines_iterators_and_snapshots_opened() throws Exception {
    assertThat(grownBytes(120)).isLessThan(16 * MIB);
  }

  @Tag("slow")
  @Test
  void memory_does_not_grow_with_a_hundred_thousand_iterators_and_snapshots() throws Exception {
    assertThat(grownBytes(SHORT ? 200 : 1000)).isLessThan(16 * MIB);
  }

  private long grownBytes(int engines) throws Exception {
    List<String> lines = run(OpeningProcess.class, Integer.toString(engines));
    return Long.parseLong(lines.get(lines.size() - 1));
  }

  @Test
  void fifty_stores_share_a_small_limit() throws Exception {
    List<Sample> samples = samples(64, 12);
    assertThat(samples).allSatisfy(sample -> assertThat(sample.taken).isLessThan(64 * MIB));
  }

  @Tag("slow")
  @Test
  void memory_is_flat_over_a_long_run_of_fifty_stores() throws Exception {
    List<Sample> samples = samples(64, SHORT ? 45 : 240);
    assertThat(samples).allSatisfy(sample -> assertThat(sample.taken).isLessThan(64 * MIB));
    long base = samples.get(0).resident;
    long early = most(samples.subList(samples.size() / 3, 2 * samples.size() / 3));
    long late = most(samples.subList(2 * samples.size() / 3, samples.size()));
    assertThat(late).as("after %s MiB", early / MIB).isLessThan(early + early / 20);
    assertThat(late - base).as("beyond the empty process").isLessThan(2 * 64 * MIB);
  }

  private static long most(List<Sample> samples) {
    return samples.stream().mapToLong(Sample::resident).max().orElseThrow();
  }

  /** What a process took at one time: in all, and by the factory's own account. */
  private record Sample(long resident, long taken) {}

  private List<Sample> samples(int limitMib, int seconds) throws Exception {
    List<Sample> samples = new ArrayList<>();
    for (String line :
        run(ManyStoresProcess.class, Integer.toString(limitMib), Integer.toString(seconds))) {
      if (line.startsWith(ManyStoresProcess.SAMPLE)) {
        String[] words = line.split(" ", -1);
        samples.add(new Sample(Long.parseLong(words[1]), Long.parseLong(words[2])));
      }
    }
    assertThat(samples).hasSizeGreaterThan(10);
    return samples;
  }

  private List<String> run(Class<?> main, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xms96m", "-Xmx96m", "-XX:+AlwaysPreTouch", "-XX:+UseSerialGC"));
    if (main == OpeningProcess.class) {
      // Otherwise what the compiler takes, some KiB with each engine for long, hides what is lost.
      command.add("-Xint");
    }
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(main.getName(), directory.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // As the launcher does: otherwise glibc keeps what is freed once for each thread.
    builder.environment().put("MALLOC_ARENA_MAX", "2");
    Process process = builder.start();
    List<String> lines = process.inputReader().lines().toList();
    assertThat(process.waitFor()).as(String.join("\n", lines)).isZero();
    return lines;
  }
}
