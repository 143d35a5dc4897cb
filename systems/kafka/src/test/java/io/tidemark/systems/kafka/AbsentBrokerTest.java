package io.tidemark.systems.kafka;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.ConfigException;
import io.tidemark.api.TidemarkException;
import io.tidemark.journal.Guarantee;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalFactory;
import io.tidemark.system.StartPosition;
import io.tidemark.system.StreamReading;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.SystemConsumer;
import io.tidemark.system.SystemProducer;
import io.tidemark.system.SystemSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AbsentBrokerTest {

  @Test
  void everyFirstCallSaysWhoDidNotAnswerAndHowLongItTried() throws IOException {
    String address = "127.0.0.1:" + closedPort();
    try (JournalFactory system = open(address, Map.of());
        SystemConsumer consumer = system.consumer("c");
        SystemProducer producer = system.producer("p")) {
      Journal journal = system.journal("journal");
      assertUnreachable(address, () -> system.admin().partitionCounts(List.of("stream")));
      assertUnreachable(
          address, () -> system.admin().create(new StreamSpec("stream", 1, Map.of())));
      assertUnreachable(
          address,
          () ->
              consumer.assign(
                  Map.of(
                      StreamReading.partition("events", "stream", 0), new StartPosition.Oldest())));
      assertUnreachable(address, () -> producer.send(StreamReading.record("stream", 0, "a")));
      assertUnreachable(address, () -> journal.create(1));
      assertUnreachable(address, () -> journal.writer("w", Guarantee.EXACTLY_ONCE));
      assertUnreachable(address, () -> journal.writer("w", Guarantee.AT_LEAST_ONCE));
      assertUnreachable(address, () -> journal.fence("w"));
      assertUnreachable(address, () -> journal.reader().end(0));
    }
  }

  @Test
  void whatKafkasClientRefusesIsAMatterOfConfiguration() {
    try (JournalFactory system =
        open("127.0.0.1:9092", Map.of("producer.compression.type", "zip"))) {
      assertThatThrownBy(() -> system.producer("p"))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("TM-1051")
          .hasMessageContaining("compression.type");
    }
  }

  @Test
  void anAddressThatNobodyKnowsIsAMatterOfConfiguration() {
    try (JournalFactory system = open("no-such-host.invalid:9092", Map.of())) {
      assertThatThrownBy(() -> system.admin().partitionCounts(List.of("stream")))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("TM-1051")
          .hasMessageContaining("bootstrap.servers");
    }
  }

  private static void assertUnreachable(String address, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining("TM-2001")
        .hasMessageContaining("system events (bootstrap.servers=" + address + ")")
        .hasMessageContaining("within 0.3 s");
  }

  private static JournalFactory open(String address, Map<String, String> settings) {
    Map<String, String> all = new HashMap<>(settings);
    all.put("bootstrap.servers", address);
    all.put("connect.timeout.ms", "300");
    return (JournalFactory)
        new KafkaSystemFactory().open(new SystemSettings("events", "job-1", all));
  }

  private static int closedPort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
