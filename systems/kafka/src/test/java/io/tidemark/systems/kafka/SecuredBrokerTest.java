package io.tidemark.systems.kafka;

import static io.tidemark.system.StreamReading.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TidemarkException;
import io.tidemark.journal.Guarantee;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalFactory;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalWriter;
import io.tidemark.system.StreamReading;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.SystemProducer;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A broker that lets in whom it knows (SASL), and of them only one may do everything. */
@Timeout(120)
class SecuredBrokerTest {
  @TempDir static Path directory;
  private static LocalKafka kafka;

  @BeforeAll
  static void startBroker() {
    kafka =
        LocalKafka.in(directory)
            .setting(
                "listener.security.protocol.map", "PLAINTEXT:SASL_PLAINTEXT,CONTROLLER:PLAINTEXT")
            .setting("inter.broker.listener.name", "PLAINTEXT")
            .setting("sasl.enabled.mechanisms", "PLAIN")
            .setting("sasl.mechanism.inter.broker.protocol", "PLAIN")
            .setting(
                "listener.name.plaintext.plain.sasl.jaas.config",
                login("broker", "secret")
                    .replace(
                        ";", " user_broker=\"secret\" user_job=\"known\" user_guest=\"welcome\";"))
            .setting(
                "authorizer.class.name", "org.apache.kafka.metadata.authorizer.StandardAuthorizer")
            .setting("super.users", "User:broker;User:job;User:ANONYMOUS")
            .start();
  }

  @AfterAll
  static void stopBroker() {
    kafka.close();
  }

  @Test
  void clientsThatAreToldHowToLogInAreLetIn() throws Exception {
    try (JournalFactory system = open("job", "known")) {
      system.admin().create(new StreamSpec("outputs", 1, Map.of()));
      Journal journal = system.journal("journal");
      journal.create(1);
      try (JournalWriter writer = journal.writer("w", Guarantee.EXACTLY_ONCE)) {
        writer.append(0, List.of("block".getBytes(UTF_8)));
        writer.outputs().send(record("outputs", 0, "output"));
        writer.commit().get(30, TimeUnit.SECONDS);
      }
      SystemStreamPartition outputs = StreamReading.partition(Cluster.NAME, "outputs", 0);
      try (JournalReader reader = system.journal("outputs").reader()) {
        String end = Long.toString(reader.end(0));
        assertThat(StreamReading.values(system, outputs, end)).containsExactly("output");
      }
    }
  }

  @Test
  void aWrongPasswordIsNamedAsSuch() {
    try (JournalFactory system = open("job", "forgotten")) {
      assertThatThrownBy(() -> system.admin().partitionCounts(List.of("stream")))
          .isInstanceOf(TidemarkException.class)
          .hasMessageContaining("TM-2002")
          .hasMessageContaining("system kafka")
          .hasMessageContaining("correct its credentials");
    }
  }

  @Test
  void whoeverMayNotCreateOrWriteIsToldSo() {
    try (JournalFactory owner = open("job", "known");
        JournalFactory guest = open("guest", "welcome")) {
      owner.admin().create(new StreamSpec("private", 1, Map.of()));
      assertThatThrownBy(() -> guest.admin().create(new StreamSpec("mine", 1, Map.of())))
          .hasMessageContaining("TM-2002")
          .hasMessageContaining("create topic mine");
      assertThatThrownBy(() -> guest.journal("mine").writer("w", Guarantee.EXACTLY_ONCE))
          .hasMessageContaining("TM-2002")
          .hasMessageContaining("writer w");
      try (SystemProducer producer = guest.producer("p")) {
        assertThatThrownBy(() -> producer.send(record("private", 0, "a")))
            .hasMessageContaining("private")
            .hasMessageContaining("TM-200");
      }
    }
  }

  private static JournalFactory open(String user, String password) {
    return new Cluster(kafka)
        .open(
            Map.of(
                "consumer.security.protocol", "SASL_PLAINTEXT",
                "consumer.sasl.mechanism", "PLAIN",
                "consumer.sasl.jaas.config", login(user, password),
                "producer.security.protocol", "SASL_PLAINTEXT",
                "producer.sasl.mechanism", "PLAIN",
                "producer.sasl.jaas.config", login(user, password)));
  }

  private static String login(String user, String password) {
    return "org.apache.kafka.common.security.plain.PlainLoginModule required username=\""
        + user
        + "\" password=\""
        + password
        + "\";";
  }
}
