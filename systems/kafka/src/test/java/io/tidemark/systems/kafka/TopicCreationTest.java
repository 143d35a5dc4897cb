package io.tidemark.systems.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.TidemarkException;
import io.tidemark.journal.JournalFactory;
import io.tidemark.system.StreamSpec;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(180)
class TopicCreationTest {

  /** As a broker does that is being stopped, or has just been started. */
  @Test
  void aBrokerThatTakesNoTopicForAWhileDelaysItAndNothingElse(@TempDir Path directory)
      throws Exception {
    try (LocalKafka kafka = LocalKafka.start(directory);
        JournalFactory system = new Cluster(kafka).open();
        Admin admin = new Cluster(kafka).admin()) {
      setCordoned(admin, "*");
      awaitRefusal(admin);
      CompletableFuture<Void> creation =
          CompletableFuture.runAsync(
              () -> system.admin().create(new StreamSpec("late", 2, Map.of())),
              task -> new Thread(task).start());
      TimeUnit.SECONDS.sleep(1); // this is how long it takes none
      assertThat(creation).isNotDone();
      setCordoned(admin, "");
      creation.get(60, TimeUnit.SECONDS);
      assertThat(system.admin().partitionCounts(List.of("late"))).containsEntry("late", 2);
    }
  }

  @Test
  @Timeout(30) // there is nothing to wait for
  void moreReplicasThanThereAreBrokersAreRefusedAtOnce() {
    try (JournalFactory system = Cluster.shared().open(Map.of("replication.factor", "3"))) {
      assertThatThrownBy(() -> system.admin().create(new StreamSpec("wide", 1, Map.of())))
          .isInstanceOf(TidemarkException.class)
          .hasMessageContaining("TM-2007")
          .hasMessageContaining("create topic wide")
          .hasMessageContaining("systems.kafka.replication.factor");
    }
  }

  /** While all directories of a broker are cordoned, it takes no topic. */
  private static void setCordoned(Admin admin, String directories)
      throws InterruptedException, ExecutionException {
    ConfigResource broker = new ConfigResource(ConfigResource.Type.BROKER, "1");
    AlterConfigOp change =
        new AlterConfigOp(
            new ConfigEntry("cordoned.log.dirs", directories), AlterConfigOp.OpType.SET);
    admin.incrementalAlterConfigs(Map.of(broker, List.of(change))).all().get();
  }

  private static void awaitRefusal(Admin admin) throws InterruptedException {
    for (int attempt = 0; ; attempt++) {
      NewTopic topic = new NewTopic("probe-" + attempt, Optional.of(1), Optional.empty());
      try {
        admin.createTopics(List.of(topic)).all().get();
      } catch (ExecutionException e) {
        assertThat(e).hasCauseInstanceOf(InvalidReplicationFactorException.class);
        return;
      }
      TimeUnit.MILLISECONDS.sleep(20);
    }
  }
}
