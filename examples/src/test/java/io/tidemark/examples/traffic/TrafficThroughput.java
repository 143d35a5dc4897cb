package io.tidemark.examples.traffic;

import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Prints how many lines a second each part of the example handles in one thread, without an engine.
 * Run its {@code main} by hand; a number of lines may be given.
 */
final class TrafficThroughput {
  private static final int ROUNDS = 5;

  private TrafficThroughput() {}

  public static void main(String[] arguments) {
    int count = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 500_000;
    Iterator<String> generator = new AccessLogGenerator(1);
    List<String> lines = Stream.generate(generator::next).limit(count).toList();
    for (int round = 1; round <= ROUNDS; round++) {
      measure("generate", lines, line -> generator.next());
      measure("parse", lines, TrafficThroughput::parse);
      TaskOnMaps task = new TaskOnMaps(message -> {});
      measure("job", lines, line -> process(task, line));
      TrafficOracle oracle = new TrafficOracle();
      measure("oracle", lines, line -> oracle.accept(0, line));
    }
  }

  private static void parse(String line) {
    try {
      AccessLogLine.parse(line);
    } catch (MalformedLogLineException malformed) {
      // Part of the work.
    }
  }

  private static void process(TaskOnMaps task, String line) {
    try {
      task.process(line);
    } catch (MalformedLogLineException malformed) {
      // Part of the work.
    }
  }

  private static void measure(String part, List<String> lines, Consumer<String> work) {
    long start = System.nanoTime();
    lines.forEach(work);
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(Locale.ROOT, "%-8s %,12.0f lines/s%n", part, lines.size() / seconds);
  }
}
