package io.tidemark.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.tidemark.checkpoint.Trigger;
import io.tidemark.coordinator.CheckpointRecord;
import io.tidemark.coordinator.ContainerStatus.Phase;
import io.tidemark.rpc.control.v1.ControlGrpc;
import io.tidemark.rpc.control.v1.ControlMessages;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Asking a real coordinator over a real connection. */
@Timeout(120)
class CoordinatorClientTest {
  private static final Duration WAIT = Duration.ofSeconds(30);

  @TempDir static Path certificates;
  @TempDir Path directory;

  private static Certificates ours;
  private static Path server;
  private static Certificates theirs;
  private static Path intruder;

  @BeforeAll
  static void makeCertificates() throws Exception {
    ours = new Certificates(certificates, "ours");
    server = ours.certificate("server");
    theirs = new Certificates(certificates, "theirs");
    intruder = theirs.certificate("intruder");
  }

  private CoordinatedJob job(Map<String, ?> config) {
    return new CoordinatedJob(directory, config);
  }

  private static void awaitRunning(CoordinatorClient client) {
    Await.until(
        () -> {
          var tasks = client.describe().tasks();
          return tasks.size() == 2 && tasks.stream().allMatch(t -> t.phase() == Phase.RUNNING);
        });
  }

  @Test
  void itTellsHowTheJobIsAndTakesCheckpointsAndSavepoints() {
    try (CoordinatedJob job = job(Map.of());
        CoordinatorClient client = CoordinatorClient.of(job.settings)) {
      assertThat(client.describe().containers()).isEmpty();
      job.startContainer();
      awaitRunning(client);
      assertThat(client.describe().containers()).hasSize(1);

      CheckpointRecord first = Objects.requireNonNull(client.triggerCheckpoint(WAIT));
      assertThat(first.status()).isEqualTo(CheckpointRecord.Status.COMPLETED);
      assertThat(first.trigger()).isEqualTo(Trigger.REQUEST);
      assertThat(first.tasks()).hasSize(2);
      CheckpointRecord named = Objects.requireNonNull(client.createSavepoint("mine", WAIT));
      assertThat(named.savepoint()).isEqualTo("mine");
      assertThat(client.checkpoints()).contains(first, named);

      assertThatThrownBy(() -> client.createSavepoint("mine", WAIT))
          .hasMessageStartingWith("TM-8306: there is a savepoint mine");
      assertThatThrownBy(() -> client.createSavepoint("../mine", WAIT))
          .hasMessageStartingWith("TM-8309");
      assertThatThrownBy(() -> client.deleteCheckpoint(999)).hasMessageStartingWith("TM-8307");
    }
  }

  @Test
  void whoDoesNotWaitIsAnsweredAtOnceAndSeesTheCheckpointUnderWay() {
    try (CoordinatedJob job = job(Map.of());
        CoordinatorClient client = CoordinatorClient.of(job.settings)) {
      job.startContainer();
      awaitRunning(client);
      job.snapshots.set(false);
      assertThat(client.triggerCheckpoint(Duration.ZERO)).isNull();
      assertThat(client.triggerCheckpoint(Duration.ofMillis(50))).isNull();
      Await.until(() -> client.describe().underWay() != null);
      assertThat(Objects.requireNonNull(client.describe().underWay()).waitingFor()).hasSize(2);
      job.snapshots.set(true);
      Await.until(
          () ->
              client.checkpoints().stream()
                  .anyMatch(each -> each.status() == CheckpointRecord.Status.COMPLETED));
    }
  }

  @Test
  void aJobStopsWithASavepoint() {
    try (CoordinatedJob job = job(Map.of());
        CoordinatorClient client = CoordinatorClient.of(job.settings)) {
      job.startContainer();
      awaitRunning(client);
      CheckpointRecord last = Objects.requireNonNull(client.stopWithSavepoint("last", WAIT));
      assertThat(last.savepoint()).isEqualTo("last");
      Await.until(job::isStopped);
    }
  }

  @Test
  void aJobStops() {
    try (CoordinatedJob job = job(Map.of());
        CoordinatorClient client = CoordinatorClient.of(job.settings)) {
      job.startContainer();
      awaitRunning(client);
      client.stop();
      Await.until(job::isStopped);
    }
  }

  @Test
  void whoFindsNoCoordinatorIsToldWhy() {
    CoordinatorAddress nowhere = CoordinatorAddress.ofJob(directory, CoordinatedJob.JOB);
    try (CoordinatorClient client = CoordinatorClient.at(nowhere, CoordinatedJob.JOB)) {
      assertThatThrownBy(client::describe).hasMessageStartingWith("TM-7010");
      String address;
      try (CoordinatedJob job = job(Map.of())) {
        address = job.server().address();
        client.describe();
      }
      assertThatThrownBy(client::describe).hasMessageStartingWith("TM-7033");
      assertThatThrownBy(client::describe).hasMessageStartingWith("TM-7032");
      try (CoordinatorClient fixed =
          CoordinatorClient.at(nowhere.at(address), CoordinatedJob.JOB)) {
        assertThatThrownBy(fixed::describe).hasMessageStartingWith("TM-7033");
      }
    }
  }

  @Test
  void aCallerOfAnotherJobIsRefused() {
    try (CoordinatedJob job = job(Map.of());
        CoordinatorClient client =
            CoordinatorClient.at(CoordinatorAddress.of(job.settings), "other-1")) {
      assertThatThrownBy(client::describe).hasMessageStartingWith("TM-7031");
    }
  }

  @Test
  void aVersionThatIsNotKnownIsRefused() {
    try (CoordinatedJob job = job(Map.of())) {
      CoordinatorAddress.Place place = CoordinatorAddress.of(job.settings).find();
      ManagedChannel channel = Channels.open(place.address(), place.token(), null);
      for (int version : List.of(0, ControlProtocol.VERSION + 1)) {
        ControlMessages.ContainerStatus status =
            ControlMessages.ContainerStatus.newBuilder()
                .setVersion(version)
                .setJob(CoordinatedJob.JOB)
                .build();
        assertThatThrownBy(() -> ControlGrpc.newBlockingStub(channel).exchange(status))
            .hasMessageContaining("FAILED_PRECONDITION")
            .hasMessageContaining("speaks version " + version)
            .hasMessageContaining("start the coordinator with the newer release first");
      }
      channel.shutdownNow();
    }
  }

  private Map<String, Object> withTls(boolean mutual) {
    Map<String, Object> config = new HashMap<>();
    config.put("job.coordinator.tls.certificate", server);
    config.put("job.coordinator.tls.key", Certificates.key(server));
    if (mutual) {
      config.put("job.coordinator.tls.ca", ours.ca());
    }
    return config;
  }

  private static void assertRefused(CoordinatedJob job, @Nullable ClientTls tls, String code) {
    CoordinatorAddress address = CoordinatorAddress.of(job.settings).tls(tls);
    try (CoordinatorClient client = CoordinatorClient.at(address, CoordinatedJob.JOB)) {
      assertThatThrownBy(client::describe).hasMessageStartingWith(code);
    }
  }

  @Test
  void withTlsTheCoordinatorShowsACertificateThatTheCallerChecks() {
    try (CoordinatedJob job = job(withTls(false))) {
      CoordinatorAddress address =
          CoordinatorAddress.of(job.settings).tls(new ClientTls(ours.ca(), null, null));
      try (CoordinatorClient client = CoordinatorClient.at(address, CoordinatedJob.JOB)) {
        client.describe();
      }
      assertRefused(job, new ClientTls(theirs.ca(), null, null), "TM-7035");
      assertRefused(job, null, "TM-7033"); // without TLS
    }
  }

  @Test
  void withMutualTlsContainersAndCommandsOfTheSameConfigurationAreLetIn() {
    try (CoordinatedJob job = job(withTls(true));
        CoordinatorClient client = CoordinatorClient.of(job.settings)) {
      job.startContainer();
      awaitRunning(client);
      assertRefused(job, new ClientTls(ours.ca(), null, null), "TM-7035");
      assertRefused(job, new ClientTls(ours.ca(), intruder, Certificates.key(intruder)), "TM-7035");
    }
  }

  @Test
  void otherMachinesAreNotLetInWithoutTlsUnlessThatIsSaid() {
    assertThatThrownBy(() -> job(Map.of("job.coordinator.address", "0.0.0.0:0")))
        .hasMessageContaining("TM-7003")
        .hasMessageContaining("job.coordinator.insecure=true");
    try (CoordinatedJob job =
            job(Map.of("job.coordinator.address", "0.0.0.0:0", "job.coordinator.insecure", true));
        CoordinatorClient client = CoordinatorClient.of(job.settings)) {
      assertThat(job.server().address()).startsWith(ThisProcess.HOST + ":");
      client.describe();
    }
  }

  @Test
  void aTokenThatWasGivenOutBeforehandIsTheOneThatCounts() throws Exception {
    Path file = Files.writeString(directory.resolve("secret"), AccessToken.random().text() + "\n");
    try (CoordinatedJob job = job(Map.of("job.coordinator.token.file", file));
        CoordinatorClient client = CoordinatorClient.of(job.settings)) {
      client.describe();
      CoordinatorAddress other = CoordinatorAddress.of(job.settings).tokenFile(null);
      try (CoordinatorClient guest = CoordinatorClient.at(other, CoordinatedJob.JOB)) {
        assertThatThrownBy(guest::describe).hasMessageStartingWith("TM-7034");
      }
    }
  }
}
