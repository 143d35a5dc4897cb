package io.tidemark.benchmarks.bench;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tidemark bench}: measures contenders side by side. */
@Command(
    name = "tidemark bench",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Measures Tidemark beside Kafka's bare clients, Kafka Streams, Flink and Samza: the same work on the"
          + " same topics of one broker, started here; each in a process of its own, one after the other,"
          + " round after round. Only what is exact counts.",
      "Prints a table for each measurement, and writes results.json, results.md and results.svg. What"
          + " they have of other measurements stays: several commands can fill the same files."
    })
public final class BenchCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Parameters(
      paramLabel = "MEASUREMENT",
      description =
          "What to measure; --list tells what there is. Default: everything, which takes hours.")
  private List<String> names = List.of();

  @Option(names = "--list", description = "Tell what can be measured, and who is measured.")
  private boolean list;

  @Option(names = "--quick", description = "A tenth of the records, and one round: for a try.")
  private boolean quick;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "How often each contender runs. Default: 3; with --quick 1.")
  private int rounds;

  @Option(
      names = "--only",
      paramLabel = "NAME,...",
      split = ",",
      description = "The contenders that take part. Default: all.")
  private List<String> only = List.of();

  @Option(
      names = "--directory",
      paramLabel = "DIR",
      description =
          "Where the broker and the contenders write. Default: a new one in the folder for such.")
  private @Nullable Path directory;

  @Option(
      names = "--results",
      paramLabel = "DIR",
      description =
          "Where results go. Default: benchmarks/results/<date>, with --quick <date>-quick.")
  private @Nullable Path results;

  @Option(
      names = "--report",
      description = "Measure nothing: write results.md and results.svg anew from results.json.")
  private boolean report;

  private final Path home = Path.of(System.getProperty("tidemark.home", ".")).toAbsolutePath();

  /** Runs the command. */
  public static void main(String[] arguments) {
    System.exit(new CommandLine(new BenchCommand()).execute(arguments));
  }

  @Override
  public Integer call() throws IOException {
    List<Measurement> measurements = chosen();
    List<Contender> contenders = contenders();
    if (list) {
      return list();
    }
    Results collected = collected();
    if (report) {
      return report(collected);
    }
    boolean failed = false;
    PrintWriter out = spec().commandLine().getOut();
    Path place = directory == null ? Files.createTempDirectory("tidemark-bench-") : directory;
    try (Field field = new Field(home, Files.createDirectories(place))) {
      if (!quick) {
        out.println("warming the broker up ...");
        out.flush();
        Latency.warmUp(field);
      }
      makeArchives(field, measurements, contenders, out);
      for (Measurement measurement : measurements) {
        Summary summary = measure(field, measurement, contenders, out);
        failed |= !summary.failures().isEmpty();
        collected.put(summary);
        collected.write();
      }
      ClassArchives.remove(field);
    }
    out.println("All results are in " + resultsDirectory());
    return failed ? 1 : 0;
  }

  /** Everybody who is tuned has one, or, if some JVM cannot, it is said. */
  private static void makeArchives(
      Field field, List<Measurement> measurements, List<Contender> contenders, PrintWriter out) {
    for (Contender contender : contenders) {
      if (contender.tuned() && measurements.stream().anyMatch(each -> each.suits(contender))) {
        out.println("archiving the classes of " + contender.name() + " ...");
        out.flush();
        try {
          ClassArchives.make(field, contender);
        } catch (IllegalStateException e) {
          out.println("  " + contender.name() + " has no archive of classes: " + e.getMessage());
        }
      }
    }
  }

  private Results collected() {
    try {
      return Results.in(resultsDirectory());
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec().commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  private int list() {
    PrintWriter out = spec().commandLine().getOut();
    Measurements.all(quick)
        .forEach(each -> out.printf("%-20s %s%n", each.name(), each.description()));
    out.println();
    Contender.all().forEach(contender -> out.println(contender.name()));
    return 0;
  }

  private int report(Results collected) {
    if (collected.summaries().isEmpty()) {
      throw new ParameterException(
          spec().commandLine(), "There is no results.json in " + resultsDirectory());
    }
    collected.write();
    spec().commandLine().getOut().println("All results are in " + resultsDirectory());
    return 0;
  }

  private Summary measure(
      Field field, Measurement measurement, List<Contender> contenders, PrintWriter out) {
    List<Result> found = new ArrayList<>();
    List<Contender> suited = contenders.stream().filter(measurement::suits).toList();
    out.printf("%s: %s%n", measurement.name(), measurement.description());
    out.flush();
    int times = rounds > 0 ? rounds : quick ? 1 : 3;
    Occasion occasion = occasion(times);
    measurement.measure(
        field,
        suited,
        times,
        result -> {
          found.add(result);
          out.println("  " + line(result));
          out.flush();
        });
    Summary summary = Summary.of(measurement, occasion, found);
    out.println();
    out.println(Report.table(summary));
    out.flush();
    return summary;
  }

  private Occasion occasion(int times) {
    String now = Instant.now().truncatedTo(ChronoUnit.MINUTES).toString();
    return new Occasion(now, commandLine(), times, Machine.description());
  }

  private static String line(Result result) {
    String begin = "round " + result.round() + ", " + result.contender() + ": ";
    if (!result.counts()) {
      return begin + "does not count: " + result.failure();
    }
    Figure first = result.figures().get(0);
    return begin + "%,.1f %s".formatted(first.value(), first.name());
  }

  private List<Measurement> chosen() {
    List<Measurement> all = Measurements.all(quick);
    for (String name : names) {
      if (all.stream().noneMatch(each -> each.name().equals(name))) {
        throw new ParameterException(
            spec().commandLine(),
            "There is no measurement '" + name + "'; see tidemark bench --list");
      }
    }
    return all.stream().filter(each -> names.isEmpty() || names.contains(each.name())).toList();
  }

  private List<Contender> contenders() {
    List<Contender> all = Contender.all();
    for (String name : only) {
      if (all.stream().noneMatch(each -> each.name().equals(name))) {
        throw new ParameterException(
            spec().commandLine(),
            "There is no contender '" + name + "'; see tidemark bench --list");
      }
    }
    return all.stream().filter(each -> only.isEmpty() || only.contains(each.name())).toList();
  }

  private Path resultsDirectory() {
    String today = LocalDate.now(ZoneOffset.UTC) + (quick ? "-quick" : "");
    return results != null ? results : home.resolve("benchmarks/results").resolve(today);
  }

  private String commandLine() {
    return "./tidemark bench "
        + String.join(" ", spec().commandLine().getParseResult().originalArgs());
  }

  private CommandSpec spec() {
    if (spec == null) {
      throw new IllegalStateException("not run as a command");
    }
    return spec;
  }
}
