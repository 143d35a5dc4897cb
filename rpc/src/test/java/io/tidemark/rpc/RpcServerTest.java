package io.tidemark.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.LongSerde;
import io.tidemark.api.StringSerde;
import io.tidemark.api.TidemarkException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Where a container listens, and whom it lets in. */
@Timeout(120)
class RpcServerTest {
  @TempDir static Path certificates;
  @TempDir Path directory;

  private static Certificates ours;
  private static Path server;
  private static Path caller;
  private static Certificates theirs;
  private static Path intruder;

  @BeforeAll
  static void makeCertificates() throws Exception {
    ours = new Certificates(certificates, "ours");
    server = ours.certificate("server");
    caller = ours.certificate("caller");
    theirs = new Certificates(certificates, "theirs");
    intruder = theirs.certificate("intruder");
  }

  private QueriedJob job() {
    return new QueriedJob(directory);
  }

  private QueriedJob withTls(boolean mutual) {
    QueriedJob job =
        job()
            .with("container.rpc.tls.certificate", server)
            .with("container.rpc.tls.key", Certificates.key(server));
    return mutual ? job.with("container.rpc.tls.ca", ours.ca()) : job;
  }

  /** Waits for an answer; a container may be on its way up. */
  private void assertAnswers(@Nullable ClientTls tls) {
    try (StateClient client = client(tls)) {
      assertThat(client.describe().tasks()).hasSize(4);
      assertThat(client.store("counts", new StringSerde(), new LongSerde()).get("nobody")).isNull();
    }
  }

  private StateClient client(@Nullable ClientTls tls) {
    return StateClient.ofJob(directory, QueriedJob.JOB)
        .tls(tls)
        .patience(Duration.ofSeconds(2))
        .open();
  }

  private void assertRefused(@Nullable ClientTls tls, String code) {
    try (StateClient client = client(tls)) {
      assertThatThrownBy(client::describe)
          .isInstanceOf(TidemarkException.class)
          .hasMessageContaining(code);
    }
  }

  @Test
  void byDefaultOnlyThisMachineCanCall() {
    try (QueriedJob job = job().start();
        StateClient client = client(null)) {
      assertThat(client.describe().containers().values())
          .allMatch(address -> address.startsWith("127.0.0.1:"));
      assertAnswers(null);
      assertThat(job).isNotNull();
    }
  }

  @Test
  void withTlsTheContainerShowsACertificateThatTheClientChecks() {
    try (QueriedJob job = withTls(false).start()) {
      assertThat(job).isNotNull();
      assertAnswers(new ClientTls(ours.ca(), null, null));
      assertRefused(new ClientTls(theirs.ca(), null, null), "TM-7013");
      assertRefused(null, "TM-7011"); // without TLS
      assertRefused(new ClientTls(Certificates.key(server), null, null), "TM-7004");
    }
  }

  @Test
  void withMutualTlsTheClientShowsOneToo() {
    try (QueriedJob job = withTls(true).start()) {
      assertThat(job).isNotNull();
      assertAnswers(new ClientTls(ours.ca(), caller, Certificates.key(caller)));
      assertRefused(new ClientTls(ours.ca(), null, null), "TM-7013");
      assertRefused(new ClientTls(ours.ca(), intruder, Certificates.key(intruder)), "TM-7013");
    }
  }

  @Test
  void withTlsTheTokenIsNeededAllTheSame() {
    try (QueriedJob job = withTls(false).start();
        StateClient known = client(new ClientTls(ours.ca(), null, null));
        StateClient guest =
            StateClient.at(
                    List.copyOf(known.describe().containers().values()),
                    AccessToken.random().text())
                .tls(new ClientTls(ours.ca(), null, null))
                .open()) {
      assertThat(job).isNotNull();
      assertThatThrownBy(guest::describe).hasMessageContaining("TM-7012");
    }
  }

  @Test
  void otherMachinesAreNotLetInWithoutTlsUnlessThatIsSaid() {
    try (QueriedJob job = job().with("container.rpc.address", "0.0.0.0:0")) {
      assertThatThrownBy(() -> job.start(0))
          .hasMessageContaining("TM-7003")
          .hasMessageContaining("container.rpc.insecure=true");
      job.with("container.rpc.insecure", true).start();
      try (StateClient client = client(null)) {
        String address = client.describe().containers().get(0);
        assertThat(address).startsWith(ThisProcess.HOST + ":");
      }
    }
  }

  @Test
  void anAddressThatIsTakenFailsTheStart() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        QueriedJob job = job().with("container.rpc.address", "127.0.0.1:" + taken.getLocalPort())) {
      assertThatThrownBy(() -> job.start(0))
          .hasMessageContaining("TM-7002")
          .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
          .hasMessageContaining("choose another address");
    }
  }

  @Test
  void filesThatAreNoCertificatesFailTheStart() throws IOException {
    Path text = Files.writeString(directory.resolve("text"), "no certificate");
    for (Path wrong : List.of(text, directory.resolve("absent"), Certificates.key(server))) {
      try (QueriedJob job =
          job()
              .with("container.rpc.tls.certificate", wrong)
              .with("container.rpc.tls.key", Certificates.key(server))) {
        assertThatThrownBy(() -> job.start(0)).hasMessageContaining("TM-7004");
      }
    }
  }

  @Test
  void switchedOffItListensNowhere() {
    try (QueriedJob job = job().with("container.rpc.address", "off").start()) {
      assertThat(job).isNotNull();
      assertThat(directory.resolve(QueriedJob.JOB).resolve("containers")).doesNotExist();
    }
  }

  @Test
  void whenTheJobEndsNoAnnouncementIsLeft() {
    try (QueriedJob job = job().start()) {
      assertThat(new Announcements(directory.resolve(QueriedJob.JOB)).containers()).hasSize(2);
      job.stop(0);
      assertThat(new Announcements(directory.resolve(QueriedJob.JOB)).containers())
          .containsOnlyKeys(1);
    }
    assertThat(directory.resolve(QueriedJob.JOB).resolve("containers"))
        .isDirectoryNotContaining(file -> !file.endsWith("token"));
  }
}
