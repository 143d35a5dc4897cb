package io.tidemark.benchmarks.contender;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;

/**
 * What one run of a contender is told, in a file of properties that is the only argument of its
 * main class. The contender runs until it is killed, by SIGTERM or SIGKILL; what it prints goes to
 * a log. Topics exist when it starts.
 *
 * @param application unique to the run, but the same when a run is continued after a kill
 * @param bootstrapServers the broker
 * @param workload what to do
 * @param tuned true: at its best, as the contender's own tuning says; false: with what its makers
 *     chose, but for what this assignment says
 * @param exactlyOnce true: outputs, state and positions commit together; false: at least once
 * @param commitInterval how often to commit; where what is a commit elsewhere is a checkpoint, how
 *     often to take one
 * @param checkpointInterval how often to take what is a checkpoint beside commits; zero for never
 * @param workers threads that process, in each process
 * @param share of the work that this process has
 * @param memory bytes that caches, write buffers and blocks of stores may take together, in each
 *     process
 * @param stores how many stores {@link Workload#MANY_STORES} has
 * @param partitions of the input, the table and the output
 * @param input topic to read, from its beginning
 * @param table topic that {@link Workload#ENRICH} looks up in
 * @param output topic to write, partitioned by key as the clients of Kafka do by default
 * @param directory for state and checkpoints, of all processes that share the work; empty at first,
 *     and kept when a run is continued
 */
public record Assignment(
    String application,
    String bootstrapServers,
    Workload workload,
    boolean tuned,
    boolean exactlyOnce,
    Duration commitInterval,
    Duration checkpointInterval,
    int workers,
    Share share,
    long memory,
    int stores,
    int partitions,
    String input,
    String table,
    String output,
    Path directory) {

  /**
   * Returns what a file says.
   *
   * @throws UncheckedIOException if it cannot be read
   */
  public static Assignment read(Path file) {
    Properties said = new Properties();
    try (Reader reader = Files.newBufferedReader(file)) {
      said.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Assignment(
        of(said, "application"),
        of(said, "bootstrap.servers"),
        Workload.valueOf(of(said, "workload")),
        Boolean.parseBoolean(of(said, "tuned")),
        Boolean.parseBoolean(of(said, "exactly.once")),
        Duration.ofMillis(Long.parseLong(of(said, "commit.interval.ms"))),
        Duration.ofMillis(Long.parseLong(of(said, "checkpoint.interval.ms"))),
        Integer.parseInt(of(said, "workers")),
        new Share(
            Integer.parseInt(of(said, "container")), Integer.parseInt(of(said, "containers"))),
        Long.parseLong(of(said, "memory.bytes")),
        Integer.parseInt(of(said, "stores")),
        Integer.parseInt(of(said, "partitions")),
        of(said, "input"),
        of(said, "table"),
        of(said, "output"),
        Path.of(of(said, "directory")));
  }

  /**
   * Writes the file that {@link #read} reads.
   *
   * @throws UncheckedIOException if it cannot be written
   */
  public void write(Path file) {
    Properties said = new Properties();
    said.setProperty("application", application);
    said.setProperty("bootstrap.servers", bootstrapServers);
    said.setProperty("workload", workload.name());
    said.setProperty("tuned", Boolean.toString(tuned));
    said.setProperty("exactly.once", Boolean.toString(exactlyOnce));
    said.setProperty("commit.interval.ms", Long.toString(commitInterval.toMillis()));
    said.setProperty("checkpoint.interval.ms", Long.toString(checkpointInterval.toMillis()));
    said.setProperty("workers", Integer.toString(workers));
    said.setProperty("container", Integer.toString(share.container()));
    said.setProperty("containers", Integer.toString(share.containers()));
    said.setProperty("memory.bytes", Long.toString(memory));
    said.setProperty("stores", Integer.toString(stores));
    said.setProperty("partitions", Integer.toString(partitions));
    said.setProperty("input", input);
    said.setProperty("table", table);
    said.setProperty("output", output);
    said.setProperty("directory", directory.toString());
    try (Writer writer = Files.newBufferedWriter(file)) {
      said.store(writer, null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns what another process is told that shares the work. */
  public Assignment share(Share other) {
    return new Assignment(
        application,
        bootstrapServers,
        workload,
        tuned,
        exactlyOnce,
        commitInterval,
        checkpointInterval,
        workers,
        other,
        memory,
        stores,
        partitions,
        input,
        table,
        output,
        directory);
  }

  private static String of(Properties said, String key) {
    String value = said.getProperty(key);
    if (value == null) {
      throw new IllegalArgumentException("the assignment says nothing of " + key);
    }
    return value;
  }
}
