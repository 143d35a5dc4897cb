package io.tidemark.cli;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.tidemark.checkpoint.Trigger;
import io.tidemark.container.Job;
import io.tidemark.coordinator.Coordinator;
import io.tidemark.system.KeyHash;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code tidemark state} and {@code tidemark journal}, on the state of a job that has run. */
@Timeout(120)
class StateCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long SEED = 7;

  @TempDir private static Path folder;

  private static final Instant begin = Instant.now().minusMillis(1);
  private static ManyStoresJob job;

  /** Local state as it was before the last run: behind the journal, as after a crash. */
  private static Path olderState;

  private final ClassLoader before = Thread.currentThread().getContextClassLoader();
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @BeforeAll
  static void runJob() throws Exception {
    job = new ManyStoresJob(folder, SEED);
    job.run(300);
    job.run(200);
    olderState = job.copyState("older");
    job.run(60);
  }

  @AfterEach
  void restore() {
    Thread.currentThread().setContextClassLoader(before);
  }

  private int run(String command, String... more) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    List<String> arguments = new ArrayList<>(List.of(command.split(" ")));
    arguments.addAll(List.of("--config", job.properties().toString()));
    arguments.addAll(Arrays.asList(more));
    return Main.run(new PrintWriter(out), new PrintWriter(err), arguments.toArray(String[]::new));
  }

  private List<JsonNode> rows(String command, String... more) {
    assertThat(run(command, more)).as("%s%s", out, err).isZero();
    return out.toString().lines().map(StateCommandTest::parse).toList();
  }

  private static JsonNode parse(String line) {
    try {
      return JSON.readTree(line);
    } catch (IOException e) {
      throw new UncheckedIOException(line, e);
    }
  }

  private static Map<String, Long> longs(List<JsonNode> rows) {
    Map<String, Long> found = new LinkedHashMap<>();
    rows.forEach(row -> found.put(row.get("key").asText(), row.get("value").asLong()));
    return found;
  }

  private void assertOneParagraph(String... parts) {
    assertThat(err.toString()).startsWith("tidemark: TM-").contains(parts).doesNotContain("\tat ");
    assertThat(err.toString().lines()).hasSize(1);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void every_source_shows_what_is_committed() {
    Map<String, Integer> sizes = new LinkedHashMap<>();
    for (String store : List.of("totals", "numbers", "ids", "digits", "documents")) {
      List<JsonNode> journal = rows("state export", "--store", store, "--from", "journal");
      assertThat(rows("state export", "--store", store, "--from", "local")).isEqualTo(journal);
      assertThat(rows("state export", "--store", store)).isEqualTo(journal);
      assertThat(
              rows(
                  "state export",
                  "--store",
                  store,
                  "--from",
                  "local",
                  "-Djob.state.dir=" + olderState))
          .isEqualTo(journal);
      sizes.put(store, journal.size());
    }
    assertThat(longs(rows("state export", "--store", "totals")))
        .containsExactlyInAnyOrderEntriesOf(job.totals);
    assertThat(sizes).containsEntry("numbers", job.lastAmounts.size());
  }

  @Test
  void an_export_tells_the_task_and_the_slot_of_each_entry() {
    for (JsonNode row : rows("state export", "--store", "totals")) {
      byte[] key = row.get("key").asText().getBytes(StandardCharsets.UTF_8);
      assertThat(row.get("task").asText())
          .isEqualTo("main-" + KeyHash.partition(key, ManyStoresJob.PARTITIONS));
      assertThat(row.get("slot").asInt())
          .isEqualTo(KeyHash.of(key) % (128 * ManyStoresJob.PARTITIONS));
    }
    assertThat(rows("state export", "--store", "numbers"))
        .allMatch(row -> row.get("slot").asInt() == 0xffff);
  }

  @Test
  void local_state_alone_is_older_and_that_is_said() {
    long now = rows("state count", "--store", "digits").get(0).get("entries").asLong();
    assertThat(err.toString()).contains("From local directories and the journal: main-0 at commit");

    long older =
        rows("state count", "--store", "digits", "--local-only", "-Djob.state.dir=" + olderState)
            .get(0)
            .get("entries")
            .asLong();

    assertThat(err.toString()).contains("local directories alone, which may be behind");
    assertThat(now)
        .isEqualTo(job.digits.values().stream().mapToLong(Map::size).sum())
        .isGreaterThan(older);
  }

  @Test
  void a_key_of_every_kind_is_found_by_its_json() {
    String customer = job.totals.keySet().iterator().next();
    for (String from : List.of("journal", "local")) {
      assertGet(from, "totals", "\"" + customer + "\"", job.totals.get(customer).toString());
      assertGet(from, "totals", customer, job.totals.get(customer).toString());
      assertGet(
          from, "numbers", Long.toString(ManyStoresTask.number(customer)), "\"" + customer + "\"");
      assertGet(
          from,
          "ids",
          ManyStoresTask.id(customer).toString(),
          Double.toString(job.lastAmounts.get(customer) / 2.0));
      Map.Entry<Long, Long> digit = job.digits.get(customer).entrySet().iterator().next();
      assertGet(
          from,
          "digits",
          "[\"%s\", %d]".formatted(customer, digit.getKey()),
          digit.getValue().toString());
      assertGet(
          from,
          "documents",
          "{\"customer\": \"%s\"}".formatted(customer),
          "{\"amount\":%d}".formatted(job.lastAmounts.get(customer)));
    }
  }

  private void assertGet(String from, String store, String key, String value) {
    List<JsonNode> rows = rows("state get", "--store", store, "--key", key, "--from", from);
    assertThat(rows).hasSize(1);
    assertThat(rows.get(0).get("value")).isEqualTo(parse(value));
  }

  @Test
  void a_key_is_found_by_its_bytes_too() {
    String customer = job.totals.keySet().iterator().next();
    String hex = HexFormat.of().formatHex(customer.getBytes(StandardCharsets.UTF_8));

    List<JsonNode> rows =
        rows("state get", "--store", "totals", "--key", "{\"$bytes\": \"" + hex + "\"}");

    assertThat(longs(rows)).isEqualTo(Map.of(customer, job.totals.get(customer)));
  }

  @Test
  void the_owner_of_a_key_alone_is_asked_and_all_tasks_if_it_has_none() {
    String customer = job.totals.keySet().iterator().next();

    rows("state get", "--store", "totals", "--key", customer);
    assertThat(err.toString()).containsOnlyOnce("at commit");

    assertThat(run("state get", "--store", "totals", "--key", "nobody")).isEqualTo(3);
    assertThat(err.toString()).contains("The store totals has no key \"nobody\"");
    assertThat(err.toString().split("at commit", -1)).hasSize(ManyStoresJob.PARTITIONS + 1);
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void ranges_are_in_the_order_of_keys_over_all_tasks_and_both_ways() {
    List<Long> numbers =
        job.lastAmounts.keySet().stream().map(ManyStoresTask::number).sorted().toList();
    List<Long> within = numbers.stream().filter(n -> n >= -5 && n < 30).toList();

    for (String from : List.of("journal", "local")) {
      assertThat(numbers(from)).isEqualTo(numbers);
      assertThat(numbers(from, "--start", "-5", "--end", "30")).isEqualTo(within);
      assertThat(numbers(from, "--reverse"))
          .isEqualTo(numbers.stream().sorted(Comparator.reverseOrder()).toList());
      assertThat(numbers(from, "--reverse", "--end", "30", "--limit", "3"))
          .isEqualTo(
              numbers.stream()
                  .filter(n -> n < 30)
                  .sorted(Comparator.reverseOrder())
                  .limit(3)
                  .toList());
      assertThat(err.toString()).contains("There are more than 3");
    }
  }

  private List<Long> numbers(String from, String... more) {
    List<String> options = new ArrayList<>(List.of("--store", "numbers", "--from", from));
    options.addAll(List.of(more));
    return rows("state range", options.toArray(String[]::new)).stream()
        .map(row -> row.get("key").asLong())
        .toList();
  }

  @Test
  void a_prefix_of_strings_and_of_tuples() {
    Map<String, Long> tens = new TreeMap<>(job.totals);
    tens.keySet().removeIf(customer -> !customer.startsWith("customer-1"));
    assertThat(longs(rows("state prefix", "--store", "totals", "--prefix", "customer-1")))
        .containsExactlyEntriesOf(tens);

    String customer = job.digits.keySet().iterator().next();
    Map<Long, Long> found =
        rows("state prefix", "--store", "digits", "--prefix", "[\"" + customer + "\"]").stream()
            .collect(
                toMap(row -> row.get("key").get(1).asLong(), row -> row.get("value").asLong()));
    assertThat(found).isEqualTo(job.digits.get(customer));
  }

  @Test
  void the_history_of_a_key_is_what_each_commit_made_of_it() {
    for (Map.Entry<String, List<Long>> customer :
        job.history.entrySet().stream().limit(15).toList()) {
      List<JsonNode> rows = rows("state history", "--store", "totals", "--key", customer.getKey());
      List<Long> expected = customer.getValue();
      assertThat(rows).hasSameSizeAs(expected);
      for (int i = 0; i < rows.size(); i++) {
        assertThat(rows.get(i).get("new").asLong()).isEqualTo(expected.get(i));
        assertThat(rows.get(i).get("old").asLong()).isEqualTo(i == 0 ? 0 : expected.get(i - 1));
        assertThat(Instant.parse(rows.get(i).get("time").asText())).isBetween(begin, Instant.now());
        assertThat(offset(rows.get(i), "after")).isGreaterThan(offset(rows.get(i), "before"));
      }
    }
  }

  private static long offset(JsonNode row, String name) {
    assertThat(row.get(name)).hasSize(1);
    return row.get(name).iterator().next().asLong();
  }

  @Test
  void the_journal_shows_the_generations_of_a_task_and_what_each_commit_changed() {
    List<JsonNode> blocks =
        rows("journal show", "--task", "main-1", "--changes", "--to-commit", "6");

    assertThat(blocks.stream().map(block -> block.get("commit").asInt()))
        .containsExactly(1, 2, 3, 4, 5, 6);
    List<Long> generations =
        blocks.stream().map(block -> block.get("generation").asLong()).toList();
    assertThat(generations).isSorted().allMatch(generation -> generation > 0);
    assertThat(
            rows("journal show", "--task", "main-1").stream()
                .map(block -> block.get("generation").asLong())
                .distinct())
        .as("three runs")
        .hasSize(3);
    assertThat(blocks.get(0).get("opening").get("slots").asInt()).isEqualTo(384);
    assertThat(blocks).allMatch(block -> block.get("writer").asText().startsWith(job.job()));
    JsonNode stores = blocks.get(1).get("stores");
    assertThat(stores).hasSize(7);
    assertThat(stores)
        .allSatisfy(
            store -> assertThat(store.get("entries")).hasSize(store.get("changes").asInt()));

    assertThat(run("journal show", "--task", "main-1", "--from-commit", "5", "--format", "table"))
        .isZero();
    assertThat(out.toString())
        .containsPattern(
            "commit 5  20\\d\\d-.*Z  generation "
                + generations.get(4)
                + "  writer "
                + job.job()
                + "-c0-[0-9a-f]{8}-w\\d")
        .contains("opening    of journal", "position   kafka.", "store      digits: ")
        .doesNotContain("commit 4");
    assertThat(rows("journal show", "--task", "main-1", "--to-commit", "2")).hasSize(2);
  }

  @Test
  void a_table_is_for_people() {
    assertThat(run("state range", "--store", "totals", "--format", "table", "--limit", "2"))
        .isZero();
    assertThat(out.toString().lines().toList())
        .hasSize(3)
        .first()
        .asString()
        .matches("KEY +VALUE +TASK +SLOT");
  }

  @Test
  void a_csv_file_has_strings_as_they_are_and_is_replaced_whole() throws IOException {
    Path file = folder.resolve("documents.csv");
    for (int i = 0; i < 2; i++) {
      assertThat(run("state export", "--store", "documents", "--output", file.toString()))
          .as("%s", err)
          .isZero();
    }
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(job.lastAmounts.size() + 1).startsWith("task,slot,key,value,expires");
    assertThat(lines.get(1))
        .matches(
            "main-0,\\d+,\"\\{\"\"customer\"\":\"\"customer-\\d+\"\"}\",\"\\{\"\"amount\"\":\\d+}\",");
    assertThat(err.toString()).contains("exported: " + job.lastAmounts.size() + " entries");
    assertNoUnfinishedFiles();
  }

  @Test
  void a_parquet_file_is_read_by_another_reader() throws Exception {
    Path file = folder.resolve("totals.parquet");
    assertThat(run("state export", "--store", "totals", "--output", file.toString()))
        .as("%s", err)
        .isZero();

    Map<String, Long> found = new TreeMap<>();
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery(
                "SELECT task, slot, key, value, expires FROM '" + file + "' ORDER BY key")) {
      while (rows.next()) {
        String key = rows.getString("key");
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        assertThat(rows.getString("task")).isEqualTo("main-" + KeyHash.partition(bytes, 3));
        assertThat(rows.getInt("slot")).isEqualTo(KeyHash.of(bytes) % 384);
        assertThat(rows.getObject("value")).isInstanceOf(Long.class);
        assertThat(rows.getObject("expires")).isNull();
        found.put(key, rows.getLong("value"));
      }
    }
    assertThat(found).isEqualTo(job.totals);
    assertNoUnfinishedFiles();
  }

  private static void assertNoUnfinishedFiles() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(Path::toString)).noneMatch(name -> name.endsWith(".part"));
    }
  }

  @Test
  void an_entry_is_gone_when_its_time_has_come() {
    assertThat(rows("state range", "--store", "short")).hasSameSizeAs(job.lastAmounts.keySet());
    assertThat(rows("state range", "--store", "short").get(0).has("expires")).isTrue();
    assertThat(rows("state export", "--store", "gone", "--from", "local")).isEmpty();
    assertThat(rows("state export", "--store", "gone", "--from", "journal")).isEmpty();
  }

  @Test
  void statistics_tell_how_far_each_task_is_and_how_large() {
    List<JsonNode> now = rows("state stat");
    assertThat(now).hasSize(7 * ManyStoresJob.PARTITIONS);
    assertThat(now).allMatch(row -> row.get("lag").asLong() == 0);
    assertThat(now).allMatch(row -> row.get("bytes on disk").asLong() > 0);

    JsonNode older =
        rows("state stat", "--store", "digits", "--task", "main-0", "-Djob.state.dir=" + olderState)
            .get(0);
    long last = rows("journal show", "--task", "main-0").size();
    long engine = older.get("engine commit").asLong();
    assertThat(engine).as("two runs").isBetween(4L, last - 2);
    assertThat(older.get("journal commit").asLong()).isEqualTo(last);
    assertThat(older.get("lag").asLong()).isEqualTo(last - engine);
    assertThat(older.get("keys").asText()).isEqualTo("tuple(string,ordered-long)");

    JsonNode journal =
        rows("state stat", "--store", "numbers", "--task", "main-0", "--from", "journal").get(0);
    assertThat(journal.has("engine commit")).isFalse();
    assertThat(journal.get("slots used").asInt()).isEqualTo(1);
  }

  @Test
  void looking_changes_nothing() throws IOException {
    Path copy = job.copyState("untouched");
    Map<Path, String> before = contents(copy);

    for (String store : List.of("totals", "ids")) {
      rows("state count", "--store", store, "--from", "local", "-Djob.state.dir=" + copy);
    }

    assertThat(contents(copy)).isEqualTo(before);
  }

  private static Map<Path, String> contents(Path directory) throws IOException {
    Map<Path, String> contents = new TreeMap<>();
    try (Stream<Path> found = Files.walk(directory)) {
      for (Path path : found.toList()) {
        contents.put(
            path,
            Files.isDirectory(path) ? "" : HexFormat.of().formatHex(Files.readAllBytes(path)));
      }
    }
    return contents;
  }

  @Test
  void a_running_job_is_asked_and_its_journal_tells_the_same() {
    String customer = job.totals.keySet().iterator().next();
    try (Job running = job.builder().start()) {
      running.awaitRunning();
      for (String store : List.of("totals", "numbers", "ids", "digits", "documents", "short")) {
        assertThat(rows("state export", "--store", store, "--from", "running"))
            .containsExactlyInAnyOrderElementsOf(
                rows("state export", "--store", store, "--from", "journal"));
      }
      assertGet("auto", "totals", customer, job.totals.get(customer).toString());
      assertThat(err.toString()).contains("From running containers: main-");
      assertGet("auto", "numbers", "" + ManyStoresTask.number(customer), '"' + customer + '"');
      assertThat(numbers("running", "--reverse", "--end", "30", "--limit", "3"))
          .isEqualTo(numbers("journal", "--reverse", "--end", "30", "--limit", "3"));
      assertThat(run("state get", "--store", "totals", "--key", "nobody")).isEqualTo(3);

      assertThat(run("state count", "--store", "totals", "--from", "local")).isEqualTo(1);
      assertOneParagraph("TM-6003", "--from running", "--from journal");
      assertThat(rows("state stat", "--store", "totals")).hasSize(ManyStoresJob.PARTITIONS);
      assertThat(err.toString())
          .contains("task main-0 runs on this machine; its journal is read instead");
    }
    assertThat(run("state count", "--store", "totals", "--from", "running")).isEqualTo(1);
    assertOneParagraph("TM-6005", "--from journal");
    assertThat(longs(rows("state export", "--store", "totals", "--from", "local")))
        .containsExactlyInAnyOrderEntriesOf(job.totals);
  }

  @Test
  void a_checkpoint_is_shown_as_it_was_at_its_cut() {
    try (Job running = job.builder().start()) {
      running.awaitRunning();
      Coordinator coordinator = running.coordinator();
      assertThat(coordinator).isNotNull();
      coordinator.requestCheckpoint(Trigger.REQUEST, "now").join();
    }
    for (String store : List.of("totals", "numbers", "ids", "digits", "documents")) {
      List<JsonNode> journal = rows("state export", "--store", store, "--from", "journal");
      assertThat(rows("state export", "--store", store, "--from", "checkpoint")).isEqualTo(journal);
      assertThat(rows("state export", "--store", store, "--from", "savepoint:now"))
          .isEqualTo(journal);
      assertThat(err.toString()).contains("From savepoint:now: main-0 at commit ");
    }
    String customer = job.totals.keySet().iterator().next();
    assertGet("savepoint:now", "totals", customer, job.totals.get(customer).toString());
    assertThat(
            rows("journal show", "--task", "main-0", "--timeline", "1").stream()
                .anyMatch(block -> block.has("cut")))
        .isTrue();

    assertThat(run("state count", "--store", "totals", "--from", "savepoint:never")).isEqualTo(1);
    assertOneParagraph("TM-8232", "savepoint:never");
    assertThat(run("state count", "--store", "totals", "--timeline", "7")).isEqualTo(1);
    assertOneParagraph("TM-8331", "it is on 1");
  }

  @Test
  void mistakes_are_told_in_one_paragraph() {
    assertThat(run("state get", "--store", "total", "--key", "x")).isEqualTo(1);
    assertOneParagraph("TM-6001", "did you mean totals?", "(It has digits, documents, ");

    assertThat(run("state count", "--store", "totals", "-Djob.id=2")).isEqualTo(1);
    assertOneParagraph("TM-6002", "Has it run yet?");

    assertThat(
            run(
                "state count",
                "--store",
                "totals",
                "--from",
                "local",
                "-Djob.state.dir=" + folder.resolve("nothing")))
        .isEqualTo(1);
    assertOneParagraph("TM-6004", "--from journal");

    assertThat(run("state get", "--store", "numbers", "--key", "ten")).isEqualTo(1);
    assertOneParagraph("TM-6008", "ten", "stores.numbers.key.serde");

    assertThat(run("state count", "--store", "totals", "--task", "main-9")).isEqualTo(1);
    assertOneParagraph("TM-6013", "main-0 to main-2");

    assertThat(
            run(
                "state count",
                "--store",
                "totals",
                "-Dsystems.kafka.bootstrap.servers=localhost:1",
                "-Dsystems.kafka.connect.timeout.ms=300"))
        .isEqualTo(1);
    assertOneParagraph("TM-6006", "localhost:1", "--local-only");

    assertThat(
            run(
                "state count",
                "--store",
                "totals",
                "--local-only",
                "-Dsystems.kafka.bootstrap.servers=localhost:1"))
        .as("%s", err)
        .isZero();
  }

  @Test
  void a_file_that_cannot_be_written() {
    assertThat(
            run(
                "state export",
                "--store",
                "totals",
                "--output",
                folder.resolve("nowhere").resolve("totals.csv").toString()))
        .isEqualTo(1);
    assertOneParagraph("TM-6011", "totals.csv");
  }

  @Test
  void a_command_line_that_makes_no_sense_ends_with_2() {
    assertThat(run("state range", "--store", "totals", "--limit", "0")).isEqualTo(2);
    assertThat(run("state count", "--store", "totals", "--local-only", "--from", "journal"))
        .isEqualTo(2);
    assertThat(run("state export", "--store", "totals", "--format", "parquet")).isEqualTo(2);
    assertThat(run("state range", "--store", "totals", "--format", "csv")).isEqualTo(2);
    assertThat(run("journal show", "--task", "first")).isEqualTo(2);
    assertThat(run("state count", "--store", "totals", "--from", "nowhere")).isEqualTo(2);
    assertThat(run("state count", "--store", "totals", "--from", "checkpoint", "--timeline", "1"))
        .isEqualTo(2);
  }
}
