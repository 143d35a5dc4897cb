package io.tidemark.benchmarks.bench;

import io.tidemark.benchmarks.contender.Assignment;
import io.tidemark.benchmarks.contender.Workload;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.kafka.common.IsolationLevel;

/**
 * Archives of classes (class data sharing), with which JVMs start sooner: of each contender that is
 * tuned its own, written by its JVM at the end of a small run of its own before anything is
 * measured. All processes of such a contender use it afterwards. One thread.
 */
final class ClassArchives {
  private static final int RECORDS = 50_000;
  private static final Duration LIMIT = Duration.ofMinutes(2);

  /** For a checkpoint, and for what only comes now and then. */
  private static final Duration CHECKPOINTS = Duration.ofSeconds(1);

  private ClassArchives() {}

  /** Options for the JVM of a contender that has an archive in a directory; else none. */
  static List<String> options(Contender contender, Path directory) {
    Path archive = archive(contender, directory);
    return Files.exists(archive)
        ? List.of("-XX:SharedArchiveFile=" + archive, "-Xlog:cds*=off")
        : List.of();
  }

  /**
   * Makes the archive of a contender, if it is tuned and has none.
   *
   * @throws IllegalStateException if there is none afterwards
   */
  static void make(Field field, Contender contender) {
    Path archive = archive(contender, field.directory());
    if (!contender.tuned() || Files.exists(archive)) {
      return;
    }
    Path made = archive.resolveSibling(archive.getFileName() + ".new");
    run(field, contender, made);
    try {
      Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new IllegalStateException("the JVM of " + contender.name() + " wrote none: " + e, e);
    }
  }

  /** Removes what was made. */
  static void remove(Field field) {
    Contender.all().forEach(each -> delete(archive(each, field.directory())));
  }

  private static void run(Field field, Contender contender, Path made) {
    Case work =
        Case.of("archive", Workload.LATEST, KeySequence.inTurn(RECORDS), RECORDS)
            .checkpoints(CHECKPOINTS);
    String run = work.name() + "-" + contender.name();
    Path directory = field.directory().resolve(run);
    field.topics().create(run + "-in", work.partitions(), Map.of());
    field.topics().create(run + "-out", work.partitions(), Map.of());
    field.topics().fill(run + "-in", work.keys(), 0, work.records());
    Assignment assignment =
        work.assignment(field, contender, run, run + "-in", "", run + "-out", directory);
    try (ContenderProcess process =
        ContenderProcess.start(
            contender,
            assignment,
            field.home(),
            field.directory(),
            work.heap(),
            List.of("-XX:ArchiveClassesAtExit=" + made, "-Xlog:cds*=off"))) {
      awaitOutput(field, work, assignment.output(), process);
      Waiting.pause(CHECKPOINTS.multipliedBy(3).toMillis());
      process.assertItRuns();
    } finally {
      field.topics().delete(run);
      field.remove(directory);
    }
  }

  private static void awaitOutput(Field field, Case work, String output, ContenderProcess process) {
    long begin = System.nanoTime();
    while (field.topics().end(output, work.partitions(), IsolationLevel.READ_COMMITTED)
        < work.records()) {
      process.assertItRuns();
      if (System.nanoTime() - begin > LIMIT.toNanos()) {
        throw new IllegalStateException(
            "not all of the output is there after " + LIMIT.toSeconds() + " s");
      }
      Waiting.pause(200);
    }
  }

  private static Path archive(Contender contender, Path directory) {
    return directory.resolve("classes-" + contender.name() + ".jsa");
  }

  private static void delete(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + file, e);
    }
  }
}
