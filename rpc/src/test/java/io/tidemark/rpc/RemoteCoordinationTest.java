package io.tidemark.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.TaskName;
import io.tidemark.api.TidemarkException;
import io.tidemark.checkpoint.EngineManifest;
import io.tidemark.checkpoint.FileRef;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.config.CoordinatorSettings;
import io.tidemark.coordinator.ContainerStatus;
import io.tidemark.coordinator.ContainerStatus.Snapshot;
import io.tidemark.coordinator.Orders;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Containers and a coordinator that talk over a real connection. */
@Timeout(120)
class RemoteCoordinationTest {
  private static final Duration LIMIT = Duration.ofSeconds(20);

  @TempDir Path directory;

  private final FakeCoordination coordination = new FakeCoordination();
  private final List<AutoCloseable> open = new ArrayList<>();

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable one : open) {
      one.close();
    }
  }

  private CoordinatorServer serve(String job, int port) {
    CoordinatorServer server =
        CoordinatorServer.start(
            directory,
            job,
            new CoordinatorSettings(
                InetSocketAddress.createUnresolved("127.0.0.1", port),
                null,
                false,
                null,
                1000,
                10_000,
                "memory",
                directory),
            List.of(),
            coordination);
    open.add(server);
    return server;
  }

  private CoordinatorServer serve() {
    return serve(FakeCoordination.JOB, 0);
  }

  private RemoteCoordination connect(CoordinatorAddress address) {
    RemoteCoordination remote = RemoteCoordination.to(address, LIMIT);
    open.add(0, remote);
    return remote;
  }

  private RemoteCoordination connect() {
    return connect(address());
  }

  private CoordinatorAddress address() {
    return CoordinatorAddress.ofJob(directory, FakeCoordination.JOB);
  }

  private static void assertFails(
      RemoteCoordination remote, ContainerStatus status, String code, String why) {
    assertThatThrownBy(() -> remote.exchange(status))
        .isInstanceOfSatisfying(TidemarkException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(why);
  }

  @Test
  void aStatusGoesThereAndOrdersComeBack() {
    serve();
    RemoteCoordination remote = connect();
    for (long sequence = 1; sequence <= 20; sequence++) {
      ContainerStatus status = FakeCoordination.status("one", sequence);
      Orders orders = remote.exchange(status);
      assertThat(coordination.heard.get("one")).isEqualTo(status);
      assertThat(orders.sequence()).isEqualTo(sequence);
      assertThat(orders.tasks()).containsOnlyKeys(new TaskName("main", 0));
    }
  }

  @Test
  void twoContainersHaveOrdersOfTheirOwn() {
    serve();
    RemoteCoordination one = connect();
    RemoteCoordination two = connect();
    assertThat(one.exchange(FakeCoordination.status("one", 1)).container()).isZero();
    assertThat(two.exchange(FakeCoordination.status("two", 1)).container()).isEqualTo(1);
    assertThat(one.exchange(FakeCoordination.status("one", 2)).container()).isZero();
  }

  @Test
  void aCoordinatorThatIsRestartedOnTheSamePortIsFoundAgain() {
    CoordinatorServer first = serve();
    int port = Integer.parseInt(first.address().split(":", 2)[1]);
    RemoteCoordination remote = connect(address().at(first.address()));
    remote.exchange(FakeCoordination.status("one", 1));
    first.close();
    assertFails(remote, FakeCoordination.status("one", 2), "TM-8301", "TM-7033");
    serve(FakeCoordination.JOB, port);
    assertThat(remote.exchange(FakeCoordination.status("one", 3)).container()).isZero();
  }

  @Test
  void aCoordinatorThatIsRestartedOnAnotherPortIsFoundAgainOnItsMachine() {
    RemoteCoordination remote = connect();
    assertFails(remote, FakeCoordination.status("one", 1), "TM-8301", "TM-7010");
    CoordinatorServer first = serve();
    remote.exchange(FakeCoordination.status("one", 2));
    first.close();
    assertThatThrownBy(() -> remote.exchange(FakeCoordination.status("one", 3)))
        .hasMessageContaining("TM-8301");
    assertFails(remote, FakeCoordination.status("one", 4), "TM-8301", "TM-7032");
    CoordinatorServer second = serve();
    assertThat(second.address()).isNotEqualTo(first.address());
    remote.exchange(FakeCoordination.status("one", 5));
    assertThat(coordination.heard.get("one").sequence()).isEqualTo(5);
  }

  @Test
  void aWrongTokenIsRefusedForGood() throws IOException {
    CoordinatorServer server = serve();
    Path token = Files.writeString(directory.resolve("wrong"), AccessToken.random().text());
    RemoteCoordination remote = connect(address().at(server.address()).tokenFile(token));
    assertFails(remote, FakeCoordination.status("one", 1), "TM-8302", "TM-7034");
    assertThat(coordination.calls).hasValue(0);
  }

  @Test
  void anotherJobsCoordinatorRefusesForGood() {
    CoordinatorServer server = serve("other-1", 0);
    Path token = directory.resolve("other-1").resolve("coordinator").resolve("token");
    RemoteCoordination remote = connect(address().at(server.address()).tokenFile(token));
    assertFails(remote, FakeCoordination.status("one", 1), "TM-8302", "TM-7031");
    assertThat(coordination.calls).hasValue(0);
  }

  @Test
  void whatTheCoordinatorThrowsIsToldWithItsMeaning() {
    serve();
    RemoteCoordination remote = connect();
    coordination.failure = new TidemarkException("TM-8302", "go away");
    assertFails(remote, FakeCoordination.status("one", 1), "TM-8302", "TM-8302: go away");
    coordination.failure = new TidemarkException("TM-8310", "no metadata");
    assertFails(remote, FakeCoordination.status("one", 2), "TM-8301", "TM-8310: no metadata");
    coordination.failure = new IllegalStateException("a mistake");
    assertFails(remote, FakeCoordination.status("one", 3), "TM-8301", "TM-7036");
    coordination.failure = null;
    assertThat(remote.exchange(FakeCoordination.status("one", 4)).container()).isZero();
  }

  @Test
  void aListenerIsToldOfOtherOrdersLongBeforeTheWaitEnds() {
    serve();
    AtomicInteger changes = new AtomicInteger();
    RemoteCoordination remote =
        RemoteCoordination.to(address(), LIMIT, Duration.ofSeconds(60), changes::incrementAndGet);
    open.add(0, remote);
    assertThat(remote.exchange(FakeCoordination.status("one", 1)).cut()).isZero();
    Await.until(() -> coordination.calls.get() > 3); // kept back, and asked again
    assertThat(changes).hasValue(0);
    coordination.cut = 7;
    Await.until(() -> changes.get() == 1);
    assertThat(remote.exchange(FakeCoordination.status("one", 2)).cut()).isEqualTo(7);
    coordination.cut = 8;
    Await.until(() -> changes.get() == 2);
  }

  @Test
  void whoIsKeptWaitingIsLetGoWhenTheCoordinatorEnds() {
    CoordinatorServer server = serve();
    AtomicInteger changes = new AtomicInteger();
    RemoteCoordination remote =
        RemoteCoordination.to(address(), LIMIT, Duration.ofSeconds(60), changes::incrementAndGet);
    open.add(0, remote);
    remote.exchange(FakeCoordination.status("one", 1));
    Await.until(() -> coordination.calls.get() > 2);
    server.close();
    Await.until(() -> !remote.isWatching());
    assertThat(changes).hasValue(0);
    serve();
    Await.until(() -> canExchange(remote));
    coordination.cut = 9;
    Await.until(() -> changes.get() > 0);
  }

  private static boolean canExchange(RemoteCoordination remote) {
    try {
      remote.exchange(FakeCoordination.status("one", 2));
      return true;
    } catch (TidemarkException e) {
      return false;
    }
  }

  @Test
  void theManifestsOfAThousandTasksWithAHundredFilesEachFit() {
    serve();
    List<Snapshot> snapshots =
        IntStream.range(0, 1000).mapToObj(task -> new Snapshot(3, 1, manifest(task, 100))).toList();
    ContainerStatus status =
        new RandomRecords(1)
            .make(
                ContainerStatus.class,
                Map.of("job", FakeCoordination.JOB, "session", "big", "snapshots", snapshots));
    connect().exchange(status);
    assertThat(coordination.heard.get("big")).isEqualTo(status);
  }

  private static TaskManifest manifest(int task, int files) {
    List<FileRef> refs =
        IntStream.range(0, files)
            .mapToObj(
                file -> {
                  String sha256 = String.format("%064x", task * 1000L + file);
                  return new FileRef(
                      String.format("%06d.sst", file), 64 << 20, sha256, "blobs/00/" + sha256, 0);
                })
            .toList();
    return new RandomRecords(task)
        .make(
            TaskManifest.class,
            Map.of(
                "task",
                new TaskName("main", task),
                "engines",
                List.of(new EngineManifest("rocksdb", 1, refs, Map.of()))));
  }

  @Test
  void nobodyListensWhereThereIsNoCoordinator() throws IOException {
    int free;
    try (ServerSocket socket = new ServerSocket(0)) {
      free = socket.getLocalPort();
    }
    serve().close();
    RemoteCoordination remote = connect(address().at("127.0.0.1:" + free));
    assertFails(remote, FakeCoordination.status("one", 1), "TM-8301", "TM-7033");
    @Nullable Path none = null;
    assertFails(
        connect(address().at("127.0.0.1:" + free).tokenFile(none).tls(null)),
        FakeCoordination.status("one", 1),
        "TM-8301",
        "TM-7033");
  }
}
