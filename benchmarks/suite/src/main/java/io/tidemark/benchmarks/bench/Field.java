package io.tidemark.benchmarks.bench;

import io.tidemark.systems.kafka.broker.BrokerTuning;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** Where contenders meet: one broker, its topics, and a directory on the disk. One thread. */
final class Field implements AutoCloseable {
  private final Path home;
  private final Path directory;
  private final LocalKafka broker;
  private final Topics topics;

  /**
   * Starts the broker.
   *
   * @param home the clone with the contenders' classes
   * @param directory for everything that is written, and removed again
   */
  Field(Path home, Path directory) {
    this.home = home;
    this.directory = directory.toAbsolutePath();
    this.broker =
        LocalKafka.in(this.directory.resolve("broker"))
            .library(home.resolve("systems/kafka-broker/target/broker-lib"))
            .tuning(BrokerTuning.THROUGHPUT)
            .heapMegabytes(1024)
            .setting("log.retention.check.interval.ms", "3600000")
            .setting("log.segment.delete.delay.ms", "1000")
            .setting("transaction.max.timeout.ms", "3600000")
            .start();
    this.topics = new Topics(broker.bootstrapServers());
  }

  Path home() {
    return home;
  }

  Path directory() {
    return directory;
  }

  Topics topics() {
    return topics;
  }

  String bootstrapServers() {
    return broker.bootstrapServers();
  }

  /** The processor time that the broker has used. */
  Duration brokerCpu() {
    return ProcessHandle.of(broker.pid()).map(ContenderProcess::cpu).orElse(Duration.ZERO);
  }

  void remove(Path path) {
    if (!Files.exists(path)) {
      return;
    }
    try (Stream<Path> found = Files.walk(path)) {
      List<Path> deepestFirst = found.sorted(Comparator.reverseOrder()).toList();
      for (Path each : deepestFirst) {
        Files.deleteIfExists(each);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot remove " + path, e);
    }
  }

  @Override
  public void close() {
    topics.close();
    broker.close();
    remove(directory.resolve("broker"));
  }
}
