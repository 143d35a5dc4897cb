package io.tidemark.benchmarks.bench;

import io.tidemark.benchmarks.contender.Workload;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * Who does the work: a main class on a class path of its own.
 *
 * @param name as in results
 * @param module folder in {@code benchmarks/} with its classes and libraries
 * @param mainClass takes the file of its assignment
 * @param tuned whether at its best, or as its makers chose
 * @param exactlyOnce whether it runs so, or at-least-once
 * @param workloads what it does
 * @param options for its JVM, beside those all have
 */
record Contender(
    String name,
    String module,
    String mainClass,
    boolean tuned,
    boolean exactlyOnce,
    Set<Workload> workloads,
    List<String> options) {
  static final String EXACTLY_ONCE = "exactly-once";
  static final String AT_LEAST_ONCE = "at-least-once";

  private static final Set<Workload> ALL = EnumSet.allOf(Workload.class);

  /** Everybody, the limit first. */
  static List<Contender> all() {
    return List.of(
        new Contender(
            "raw",
            "suite",
            "io.tidemark.benchmarks.raw.RawContender",
            true,
            true,
            EnumSet.complementOf(EnumSet.of(Workload.ENRICH)),
            List.of()),
        tidemark("tidemark", true),
        tidemark("tidemark-defaults", false),
        streams("kafka-streams", true),
        streams("kafka-streams-defaults", false),
        flink("flink", true),
        flink("flink-defaults", false),
        tidemark("tidemark-at-least-once", true).atLeastOnce(),
        streams("kafka-streams-at-least-once", true).atLeastOnce(),
        samza("samza", true),
        samza("samza-defaults", false));
  }

  /** One of {@link #all}. */
  static Contender named(String name) {
    return all().stream().filter(each -> each.name().equals(name)).findAny().orElseThrow();
  }

  private static Contender tidemark(String name, boolean tuned) {
    return peer(name, "suite", "tidemark.TidemarkContender", tuned);
  }

  private static Contender streams(String name, boolean tuned) {
    return peer(name, "kafka-streams", "streams.StreamsContender", tuned);
  }

  private static Contender flink(String name, boolean tuned) {
    return peer(name, "flink", "flink.FlinkContender", tuned);
  }

  private static Contender peer(String name, String module, String mainClass, boolean tuned) {
    return new Contender(
        name, module, "io.tidemark.benchmarks." + mainClass, tuned, true, ALL, List.of());
  }

  private static Contender samza(String name, boolean tuned) {
    return peer(name, "samza", "samza.SamzaContender", tuned).atLeastOnce();
  }

  private Contender atLeastOnce() {
    return new Contender(name, module, mainClass, tuned, false, workloads, options);
  }

  /** Whether several processes of it share the work, each told its share. */
  boolean sharesWork() {
    return !module.equals("flink") && !module.equals("samza");
  }

  /** As results call it: results are compared where it is the same. */
  String guarantee() {
    return exactlyOnce ? EXACTLY_ONCE : AT_LEAST_ONCE;
  }

  /**
   * Where its classes and libraries are, in the clone at a directory: in jars alone, as classes in
   * folders cannot be archived.
   */
  String classPath(Path home) {
    Path target = home.resolve("benchmarks").resolve(module).resolve("target");
    return target + "/*:" + target.resolve("lib") + "/*";
  }
}
