package io.tidemark.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.BytesSerde;
import io.tidemark.api.LongSerde;
import io.tidemark.api.StringSerde;
import io.tidemark.api.UUIDSerde;
import io.tidemark.rpc.JobDescription.Task;
import io.tidemark.state.StoredValue;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client and a running job: two containers, each with its own port. */
@Timeout(120)
class StateClientTest {
  private static final int KEYS = 40;

  @TempDir Path directory;

  private QueriedJob job;
  private StateClient client;
  private RemoteStore<String, Long> counts;
  private RemoteStore<String, Long> items;
  private final TreeMap<String, Long> expected = new TreeMap<>();

  @BeforeEach
  void start() {
    job = new QueriedJob(directory).start();
    client = StateClient.ofJob(directory, QueriedJob.JOB).open();
    counts = client.store("counts", new StringSerde(), new LongSerde());
    items = client.store("items", new StringSerde(), new LongSerde());
    for (int i = 0; i < KEYS; i++) {
      String key = "key-%02d".formatted(i);
      for (int times = 0; times <= i % 3; times++) {
        job.send(key, times == 0 ? "first" : "later");
        expected.merge(key, 1L, Long::sum);
      }
    }
    Await.until(() -> counts.getAll(keys()).equals(expected));
  }

  @AfterEach
  void stop() {
    client.close();
    job.close();
  }

  private List<String> keys() {
    List<String> keys = new ArrayList<>();
    for (int i = 0; i < KEYS; i++) {
      keys.add("key-%02d".formatted(i));
    }
    return keys;
  }

  private static <V> List<String> keys(RemoteRange<String, V> range) {
    List<String> keys = new ArrayList<>();
    try (range) {
      range.forEachRemaining(entry -> keys.add(entry.key()));
    }
    return keys;
  }

  @Test
  void aKeyIsAskedForWhereItIs() {
    Set<String> tasks = new HashSet<>();
    expected.forEach(
        (key, count) -> {
          RemoteEntry<String, Long> found = counts.find(key);
          assertThat(found.value()).isEqualTo(count);
          assertThat(found.commit()).isPositive();
          assertThat(found.expires()).isEqualTo(StoredValue.NEVER);
          tasks.add(found.task());
        });
    assertThat(tasks).containsExactlyInAnyOrder("main-0", "main-1", "main-2", "main-3");
    assertThat(counts.get("nobody")).isNull();
    assertThat(counts.find("nobody").task()).startsWith("main-");
  }

  @Test
  void manyKeysAreAskedForAtOnceAndTheAbsentOnesAreLeftOut() {
    List<String> wanted = new ArrayList<>(keys());
    wanted.add(7, "nobody");
    assertThat(counts.getAll(wanted)).isEqualTo(expected);
    assertThat(List.copyOf(counts.getAll(wanted).keySet())).isEqualTo(keys());
    assertThat(counts.getAll(List.of())).isEmpty();
  }

  @Test
  void theJobKnowsTheOwnerOfAKeyThatIsPartitionedByAPartOfIt() {
    List<String> wanted = new ArrayList<>();
    expected.forEach(
        (key, count) -> {
          assertThat(items.get(key + "/first")).isEqualTo(1);
          assertThat(items.get(key + "/later")).isEqualTo(count == 1 ? null : count - 1);
          wanted.add(key + "/first");
        });
    assertThat(items.getAll(wanted)).hasSize(KEYS).containsValue(1L);
    assertThatThrownBy(() -> items.get("without a slash"))
        .hasMessageContaining("TM-7014")
        .hasMessageContaining("the key of store items cannot be read");
  }

  @Test
  void aScanGoesOverAllTasksInTheOrderOfKeys() {
    assertThat(keys(counts.scan(Scan.all()))).isEqualTo(keys());
    assertThat(keys(counts.range("key-05", "key-11"))).isEqualTo(keys().subList(5, 11));
    assertThat(keys(counts.scan(Scan.<String>all().from("key-05").limit(7))))
        .isEqualTo(keys().subList(5, 12));
    List<String> backward = new ArrayList<>(keys().subList(5, 11));
    Collections.reverse(backward);
    assertThat(keys(counts.scan(Scan.<String>all().from("key-05").to("key-11").reverse())))
        .isEqualTo(backward);
    assertThat(keys(counts.scan(Scan.<String>all().reverse().limit(2))))
        .containsExactly("key-39", "key-38");
    byte[] prefix = new StringSerde().toBytes("key-1");
    assertThat(keys(counts.scan(Scan.<String>all().prefix(prefix))))
        .isEqualTo(keys().subList(10, 20));
    assertThat(keys(counts.scan(Scan.<String>all().prefix(prefix).from("key-15"))))
        .isEqualTo(keys().subList(15, 20));
    assertThat(keys(counts.range("key-11", "key-05"))).isEmpty();
  }

  @Test
  void aScanOfOneTaskHasItsEntriesAtOneCommit() {
    Set<Long> commits = new HashSet<>();
    Set<String> inTask = new HashSet<>();
    try (RemoteRange<String, Long> range = counts.scan(Scan.<String>all().ofTask("main-2"))) {
      range.forEachRemaining(
          entry -> {
            assertThat(entry.task()).isEqualTo("main-2");
            assertThat(entry.value()).isEqualTo(expected.get(entry.key()));
            commits.add(entry.commit());
            inTask.add(entry.key());
          });
    }
    assertThat(commits).hasSize(1);
    keys()
        .forEach(
            key ->
                assertThat(counts.find(key).task().equals("main-2"))
                    .isEqualTo(inTask.contains(key)));
    String one = inTask.iterator().next();
    assertThat(counts.find(one, "main-2").value()).isEqualTo(expected.get(one));
    assertThat(counts.find(one, "main-3").value()).isNull();
  }

  @Test
  void aLongScanComesInPortions() {
    for (int i = 0; i < 5000; i++) {
      job.send("many-%04d".formatted(i), "");
    }
    byte[] prefix = new StringSerde().toBytes("many-");
    Scan<String> scan = Scan.<String>all().prefix(prefix).limit(100_000);
    Await.until(() -> counts.get("many-4999") != null);
    Await.until(() -> keys(counts.scan(scan)).size() == 5000);
    assertThat(keys(counts.scan(scan))).isSorted().doesNotHaveDuplicates();
    try (RemoteRange<String, Long> left = counts.scan(scan)) {
      assertThat(left.next().key()).isEqualTo("many-0000");
    }
  }

  @Test
  void anyContainerDescribesTheJob() {
    JobDescription described = client.describe();
    assertThat(described.job()).isEqualTo("queried-1");
    assertThat(described.containers()).hasSize(2).containsOnlyKeys(0, 1);
    assertThat(described.tasks())
        .containsExactlyInAnyOrder(
            IntStream.range(0, 4)
                .mapToObj(i -> new Task("main-" + i, "main", i, 4, 512, job.ownerOf(i)))
                .toArray(Task[]::new));
    assertThat(described.tasks()).extracting(Task::container).containsOnly(0, 1);
    assertThat(described.stores())
        .containsExactlyInAnyOrder(
            new JobDescription.Store("counts", "string", "long", false, false, "main"),
            new JobDescription.Store("items", "string", "long", true, false, "main"));
    for (String address : described.containers().values()) {
      try (StateClient remote = StateClient.at(List.of(address), token()).open()) {
        assertThat(remote.describe().containers()).isEqualTo(described.containers());
      }
    }
  }

  private String token() {
    try {
      return Files.readString(directory.resolve("queried-1/containers/token")).trim();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aClientThatKnowsAddressesAndTokenNeedsNoDirectory() {
    List<String> addresses = List.copyOf(client.describe().containers().values());
    try (StateClient remote = StateClient.at(addresses, token()).open()) {
      assertThat(remote.store("counts", new StringSerde(), new LongSerde()).getAll(keys()))
          .isEqualTo(expected);
    }
  }

  @Test
  void anotherTokenIsRefused() {
    List<String> addresses = List.copyOf(client.describe().containers().values());
    for (String wrong : List.of("", "x", token().substring(1), "0".repeat(64))) {
      try (StateClient intruder = StateClient.at(addresses, wrong).open()) {
        assertThatThrownBy(intruder::describe).hasMessageContaining("TM-7012");
      }
    }
  }

  @Test
  void whatIsNotThereIsNamed() {
    assertThatThrownBy(() -> client.store("count", new StringSerde(), new LongSerde()).get("a"))
        .hasMessageContaining("TM-7014")
        .hasMessageContaining("no store count; it has [counts, items]");
    assertThatThrownBy(() -> counts.find("a", "main-9"))
        .hasMessageContaining("TM-7014")
        .hasMessageContaining("no task main-9");
    assertThatThrownBy(() -> counts.scan(Scan.<String>all().limit(100_001)))
        .hasMessageContaining("TM-7014")
        .hasMessageContaining("at most 100000");
    assertThatThrownBy(
            () -> client.store("counts", new StringSerde(), new UUIDSerde()).get("key-00"))
        .hasMessageContaining("TM-7018")
        .hasMessageContaining("UUIDSerde");
    assertThatThrownBy(() -> StateClient.ofJob(directory, "other-1"))
        .hasMessageContaining("TM-7010")
        .hasMessageContaining("Is the job running");
  }

  @Test
  void bytesAreAskedForWithTheSerdeOfBytes() {
    RemoteStore<byte[], byte[]> raw = client.store("counts", new BytesSerde(), new BytesSerde());
    assertThat(raw.get(new StringSerde().toBytes("key-02"))).isEqualTo(new LongSerde().toBytes(3L));
  }

  @Test
  void aCallFollowsATaskThatMovesToAnotherContainer() throws Exception {
    job.stop(1);
    List<CompletableFuture<Map<String, Long>>> waiting = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      waiting.add(CompletableFuture.supplyAsync(() -> counts.getAll(keys())));
    }
    for (CompletableFuture<Map<String, Long>> answer : waiting) {
      assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(expected);
    }
    job.start(1);
    assertThat(counts.getAll(keys())).as("both containers").isEqualTo(expected);
  }

  @Test
  void aContainerThatHangsKeepsNobodyFromAskingTheOthers() throws Exception {
    String second = client.describe().containers().get(1);
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        StateClient other =
            StateClient.at(List.of("127.0.0.1:" + silent.getLocalPort(), second), token())
                .patience(Duration.ofSeconds(8))
                .open()) {
      RemoteStore<String, Long> store = other.store("counts", new StringSerde(), new LongSerde());
      List<String> hidden = new ArrayList<>();
      String key = keys().stream().filter(k -> isOn(1, counts.find(k).task())).findFirst().get();
      client.describe().tasks().stream()
          .filter(task -> task.container() == 0)
          .forEach(task -> hidden.add(task.name()));
      assertThat(store.get(key)).isEqualTo(expected.get(key));
      assertThatThrownBy(() -> store.find(key, hidden.get(0)))
          .hasMessageContaining("TM-7011")
          .hasMessageContaining("container 0 did not answer within 8000 ms");
    }
  }

  private boolean isOn(int container, String task) {
    return job.ownerOf(Integer.parseInt(task.substring("main-".length()))) == container;
  }

  @Test
  void aCallDoesNotWaitForEver() {
    job.stop(1);
    job.stop(0);
    try (StateClient impatient =
        StateClient.ofJob(directory, QueriedJob.JOB).patience(Duration.ofMillis(300)).open()) {
      RemoteStore<String, Long> store =
          impatient.store("counts", new StringSerde(), new LongSerde());
      assertThatThrownBy(() -> store.getAll(keys()))
          .hasMessageContaining("TM-7011")
          .hasMessageContaining("did not answer within 300 ms");
      assertThatThrownBy(impatient::describe)
          .hasMessageContaining("TM-7011")
          .hasMessageContaining("any container");
    }
  }
}
