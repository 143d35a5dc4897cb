package io.tidemark.systems.kafka.broker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class LocalKafkaTest {
  @TempDir Path directory;

  @Test
  void servesTransactions() {
    Topic topic = Topic.create(LocalKafka.shared(), "transactions", 2);
    topic.sendInTransaction("writer", List.of("a", "b"));
    topic.sendInAbortedTransaction("writer", List.of("c"));
    topic.sendInTransaction("writer", List.of("d"));
    assertThat(topic.readCommitted(3)).containsExactlyInAnyOrder("a", "b", "d");
  }

  @Test
  void keepsItsRecordsAndPortsOverStopAndRestart() {
    try (LocalKafka kafka = LocalKafka.start(directory)) {
      String address = kafka.bootstrapServers();
      Topic topic = Topic.create(kafka, "kept", 1);
      topic.sendInTransaction("writer", List.of("before"));
      kafka.stop();
      assertThat(kafka.isRunning()).isFalse();
      kafka.restart();
      assertThat(kafka.bootstrapServers()).isEqualTo(address);
      topic.sendInTransaction("writer", List.of("after"));
      assertThat(topic.readCommitted(2)).containsExactly("before", "after");
    }
  }

  @Test
  void keepsAcknowledgedRecordsWhenKilled() {
    try (LocalKafka kafka = LocalKafka.start(directory)) {
      List<String> values = IntStream.range(0, 1000).mapToObj(Integer::toString).toList();
      Topic topic = Topic.create(kafka, "acknowledged", 1);
      long pid = kafka.pid();
      topic.sendInTransaction("writer", values);
      kafka.kill();
      assertThat(ProcessHandle.of(pid)).isEmpty();
      kafka.restart();
      assertThat(kafka.pid()).isNotEqualTo(pid);
      assertThat(topic.readCommitted(values.size())).containsExactlyElementsOf(values);
    }
  }

  @Test
  void runsBesideAnother(@TempDir Path otherDirectory) {
    try (LocalKafka kafka = LocalKafka.start(directory);
        LocalKafka other =
            LocalKafka.in(otherDirectory)
                .tuning(BrokerTuning.THROUGHPUT)
                .heapMegabytes(256)
                .start()) {
      Topic topic = Topic.create(kafka, "same-name", 1);
      Topic otherTopic = Topic.create(other, "same-name", 1);
      topic.sendInTransaction("writer", List.of("here"));
      otherTopic.sendInTransaction("writer", List.of("there"));
      assertThat(topic.readCommitted(1)).containsExactly("here");
      assertThat(otherTopic.readCommitted(1)).containsExactly("there");
    }
  }

  @Test
  void answersNothingWhileSuspendedAndGoesOnAfterwards() {
    try (LocalKafka kafka = LocalKafka.start(directory)) {
      Topic topic = Topic.create(kafka, "suspended", 1);
      topic.sendInTransaction("writer", List.of("before"));
      kafka.suspend();
      assertThat(kafka.isRunning()).isTrue();
      assertThatThrownBy(() -> topic.partitions(Duration.ofMillis(500)))
          .hasCauseInstanceOf(TimeoutException.class);
      kafka.resume();
      topic.sendInTransaction("writer", List.of("after"));
      assertThat(topic.readCommitted(2)).containsExactly("before", "after");
    }
  }

  @Test
  void stopsInOrderWhenSuspended() {
    try (LocalKafka kafka = LocalKafka.start(directory)) {
      kafka.suspend();
      kafka.stop();
      assertThat(kafka.isRunning()).isFalse();
      assertThat(directory.resolve("data/.kafka_cleanshutdown")).exists();
    }
  }

  @Test
  void takesBrokerSettings() throws Exception {
    try (LocalKafka kafka = LocalKafka.in(directory).setting("num.partitions", "7").start()) {
      assertThat(Topic.createWithBrokerDefaults(kafka, "seven").partitions(Duration.ofSeconds(30)))
          .isEqualTo(7);
    }
  }

  @Test
  void removesItsDirectoryWhenToldSo() {
    Path kept = directory.resolve("kept");
    Path removed = directory.resolve("removed");
    LocalKafka.start(kept).close();
    LocalKafka.in(removed).deleteDirectoryOnClose().start().close();
    assertThat(kept.resolve("data/meta.properties")).exists();
    assertThat(removed).doesNotExist();
  }

  @Test
  void isSharedWithinOneVirtualMachine() {
    assertThat(LocalKafka.shared()).isSameAs(LocalKafka.shared());
    assertThat(LocalKafka.shared().isRunning()).isTrue();
  }

  @Test
  void saysWhereTheBrokerJarsShouldBe() {
    Path nowhere = directory.resolve("nowhere");
    assertThatThrownBy(() -> LocalKafka.in(directory).library(nowhere).start())
        .isInstanceOf(LocalKafkaException.class)
        .hasMessageContaining(nowhere.toString())
        .hasMessageContaining("tidemark.broker.lib");
  }

  @Test
  void reportsWhatTheBrokerPrintedWhenItDoesNotStart() {
    assertThatThrownBy(() -> LocalKafka.in(directory).setting("num.partitions", "many").start())
        .isInstanceOf(LocalKafkaException.class)
        .hasMessageContaining("ended before it was ready, with status 1")
        .hasMessageContaining("Invalid value many for configuration num.partitions");
  }

  @Test
  void givesUpOnABrokerThatIsNotReadyInTime() {
    assertThatThrownBy(() -> LocalKafka.in(directory).startLimit(Duration.ofMillis(50)).start())
        .isInstanceOf(LocalKafkaException.class)
        .hasMessageContaining("not ready within");
  }

  @Test
  void choosesOtherPortsWhenItLosesOne() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      Ports free = Ports.free();
      Iterator<Ports> choices =
          List.of(
                  new Ports(taken.getLocalPort(), free.controller()),
                  new Ports(free.broker(), taken.getLocalPort()),
                  free)
              .iterator();
      try (LocalKafka kafka = LocalKafka.in(directory).ports(choices::next).start()) {
        assertThat(kafka.bootstrapServers()).isEqualTo("127.0.0.1:" + free.broker());
      }
    }
  }

  @Test
  void refusesAPortThatStaysTaken() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThatThrownBy(
              () -> LocalKafka.in(directory).ports(port, Ports.free().controller()).start())
          .isInstanceOf(LocalKafkaException.class)
          .hasMessageContaining(port + ": Address already in use");
    }
  }

  @Test
  void refusesADirectoryThatAnotherBrokerUses() {
    try (LocalKafka kafka = LocalKafka.start(directory)) {
      assertThatThrownBy(() -> LocalKafka.start(directory))
          .isInstanceOf(LocalKafkaException.class)
          .hasMessageContaining("Another broker is running in " + directory);
      assertThat(Topic.create(kafka, "unharmed", 1).readCommitted(0)).isEmpty();
    }
  }

  @Test
  void startsOnADirectoryWhoseFormattingWasCutShort() throws IOException {
    Path data = Files.createDirectories(directory.resolve("data"));
    Files.createFile(data.resolve("bootstrap.checkpoint"));
    try (LocalKafka kafka = LocalKafka.start(directory)) {
      assertThat(kafka.isRunning()).isTrue();
    }
  }
}
