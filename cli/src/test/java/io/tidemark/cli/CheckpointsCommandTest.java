package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.api.Config;
import io.tidemark.api.Partition;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.BlobStores;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.EngineManifest;
import io.tidemark.checkpoint.FileRef;
import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.StateDigest;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.checkpoint.Trigger;
import io.tidemark.config.JobSettings;
import io.tidemark.journal.StoreIdentity;
import io.tidemark.state.Change;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.MemoryEngineFactory;
import io.tidemark.state.StorageEngine;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code tidemark checkpoints} and {@code tidemark savepoint}, on a job that does not run. */
class CheckpointsCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path folder;

  private final ClassLoader before = Thread.currentThread().getContextClassLoader();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path properties;

  @BeforeEach
  void publish() throws Exception {
    properties =
        Files.writeString(
            folder.resolve("job.properties"),
            """
            job.name=totals
            job.state.dir=%s
            task.inputs=memory.orders
            systems.memory.factory=memory
            stores.totals.factory=memory
            stores.totals.key.serde=string
            stores.totals.msg.serde=string
            """
                .formatted(folder.resolve("state")));
    try (BlobStore blobs = blobs()) {
      Catalog catalog = new Catalog(blobs);
      catalog.publish(manifest(blobs, 1, "", "ada", "bob"));
      catalog.publish(manifest(blobs, 2, "before-v2", "ada", "bob", "cleo"));
      catalog.publish(manifest(blobs, 3, "", "bob", "cleo", "dan"));
    }
  }

  @AfterEach
  void restore() {
    Thread.currentThread().setContextClassLoader(before);
  }

  private BlobStore blobs() {
    return BlobStores.open(JobSettings.parse(Config.load(properties)));
  }

  /** A checkpoint at whose cut a memory engine has these keys; the values are the numbers. */
  private CheckpointManifest manifest(
      BlobStore blobs, long number, String savepoint, String... keys) throws Exception {
    MemoryEngineFactory factory = new MemoryEngineFactory();
    Path files = Files.createDirectories(folder.resolve("frozen-" + number));
    EngineManifest engine;
    try (StorageEngine store =
        factory.open(
            new EngineOptions(
                Files.createDirectories(folder.resolve("engine-" + number)),
                "main-0",
                List.of(new EngineOptions.Store("totals", Map.of()))))) {
      List<Change> changes =
          Arrays.stream(keys)
              .map(
                  key ->
                      new Change(
                          0, ("\0\0" + key).getBytes(StandardCharsets.UTF_8), value(key, number)))
              .toList();
      store.apply(changes, new EngineCommit(number, number));
      store.freeze(files, 0);
      engine =
          new EngineManifest(
              factory.type(),
              number,
              upload(blobs, files),
              Map.of("totals", StateDigest.of(store, 0)));
    }
    TaskManifest task =
        new TaskManifest(
            new TaskName("main", 0),
            1,
            1,
            128,
            number,
            number,
            number,
            Map.of(new SystemStreamPartition("memory", "orders", new Partition(0)), "42"),
            List.of(new StoreIdentity("totals", 1, "string", "partition", "", List.of("string"))),
            List.of(engine),
            List.of(),
            new TaskManifest.Work(10, 1, 2, 3, 4));
    return new CheckpointManifest(
        "totals-1",
        number,
        savepoint,
        Trigger.INTERVAL,
        new Timeline(1, "j", List.of(new Timeline.StagePlan("main", 1, 1, 128)), List.of()),
        1000 * number,
        1000 * number + 250,
        List.of(task));
  }

  private static byte[] value(String key, long number) {
    return (key.equals("bob") ? "same" : "at " + number).getBytes(StandardCharsets.UTF_8);
  }

  private static List<FileRef> upload(BlobStore blobs, Path folder) throws Exception {
    List<FileRef> files = new ArrayList<>();
    try (var found = Files.list(folder)) {
      for (Path file : found.sorted().toList()) {
        byte[] bytes = Files.readAllBytes(file);
        String hash = HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        String blob = "blobs/" + hash.substring(0, 2) + "/" + hash;
        blobs.put(blob, BlobStore.Source.of(bytes));
        files.add(new FileRef(file.getFileName().toString(), bytes.length, hash, blob, 0));
      }
    }
    return files;
  }

  private int run(String command, String... more) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
    arguments.addAll(List.of("--config", properties.toString()));
    arguments.addAll(Arrays.asList(more));
    return Main.run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
  }

  private List<JsonNode> json(String command) throws Exception {
    assertThat(run(command, "--json")).as("%s%s", out, err).isZero();
    List<JsonNode> rows = new ArrayList<>();
    for (String line : out.toString().lines().toList()) {
      rows.add(JSON.readTree(line));
    }
    return rows;
  }

  @Test
  void all_checkpoints_and_savepoints_are_listed() throws Exception {
    assertThat(json("checkpoints list").stream().map(row -> row.get("location").asText()))
        .containsExactly("checkpoint:3", "savepoint:before-v2", "checkpoint:1");
    assertThat(json("savepoint list").stream().map(row -> row.get("number").asInt()))
        .containsExactly(2);
    assertThat(run("checkpoints list")).isZero();
    assertThat(out.toString().lines()).hasSize(4).anyMatch(line -> line.contains("before-v2"));
  }

  @Test
  void a_checkpoint_is_shown_with_all_that_is_known_of_it() throws Exception {
    JsonNode shown = json("checkpoints show 3").get(0);

    assertThat(shown.get("durationMs").asInt()).isEqualTo(250);
    assertThat(shown.get("filesShared").asInt()).isEqualTo(2);
    JsonNode part = shown.get("parts").get(0);
    assertThat(part.get("positions").get("memory.orders[0]").asText()).isEqualTo("42");
    assertThat(part.get("engines").get(0).get("stores").get("totals").get("entries").asInt())
        .isEqualTo(3);
    assertThat(run("checkpoints show")).isZero();
    assertThat(out.toString()).contains("at 42 of memory.orders[0]").contains("totals: 3 entries");
    assertThat(run("checkpoints show checkpoint:7")).isEqualTo(1);
    assertThat(err.toString()).startsWith("tidemark: TM-8232");
  }

  @Test
  void verification_says_what_is_wrong_and_has_an_exit_status() throws Exception {
    assertThat(json("checkpoints verify --all"))
        .hasSize(3)
        .allMatch(row -> row.get("sound").asBoolean());
    String blob;
    try (BlobStore blobs = blobs()) {
      blob =
          new Catalog(blobs)
              .load(Location.LATEST)
              .tasks()
              .get(0)
              .engines()
              .get(0)
              .files()
              .get(0)
              .blob();
      byte[] bytes = blobs.read(blob);
      bytes[5] ^= 1;
      blobs.put(blob, BlobStore.Source.of(bytes));
    }

    assertThat(run("checkpoints verify")).isEqualTo(1);
    assertThat(out.toString()).contains("checkpoint:3 is DAMAGED").contains(blob);
    assertThat(run("checkpoints verify --no-replay --json 3")).isEqualTo(1);
    assertThat(JSON.readTree(out.toString()).get("problems").get(0).get("part").asText())
        .contains(blob);
    assertThat(run("checkpoints verify 1 savepoint:before-v2")).isZero();
  }

  @Test
  void a_difference_is_counted_and_its_keys_are_shown_by_their_serde() throws Exception {
    JsonNode counts = json("checkpoints diff 1 3").get(0);

    assertThat(counts.get("store").asText()).isEqualTo("main/totals");
    assertThat(counts.get("onlyInFirst").asInt()).isEqualTo(1);
    assertThat(counts.get("onlyInSecond").asInt()).isEqualTo(2);
    assertThat(counts.get("changed").asInt()).isZero();
    assertThat(
            json("checkpoints diff --keys 1 savepoint:before-v2").stream()
                .limit(2)
                .map(JsonNode::toString))
        .containsExactly(
            "{\"task\":\"main-0\",\"store\":\"totals\",\"differs\":\"changed\",\"key\":\"ada\"}",
            "{\"task\":\"main-0\",\"store\":\"totals\",\"differs\":\"only-in-second\",\"key\":\"cleo\"}");
    assertThat(run("checkpoints diff --keys 1 3")).isZero();
    assertThat(out.toString()).contains("only-in-first  main-0  totals  \"ada\"");
  }

  @Test
  void the_newest_is_deleted_only_by_force() throws Exception {
    assertThat(run("checkpoints delete 1 3")).isEqualTo(1);
    assertThat(err.toString()).startsWith("tidemark: TM-8401");
    assertThat(json("checkpoints list")).hasSize(3);
    assertThat(run("checkpoints delete --force 1 3")).isZero();
    assertThat(json("checkpoints list")).hasSize(1);
    assertThat(run("savepoint delete before-v2")).isEqualTo(1);
    assertThat(run("savepoint delete before-v2 --force")).isZero();
    assertThat(json("checkpoints list")).isEmpty();
    assertThat(run("checkpoints show")).isEqualTo(1);
    assertThat(err.toString()).contains("TM-8232: the job has no completed checkpoint");
  }
}
