package io.tidemark.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole demo, from the command line to the verdict, on a real broker and real processes. */
@Timeout(300)
class DemoCommandTest {
  private static final Pattern BROKER = Pattern.compile("on (127\\.0\\.0\\.1:\\d+)");
  private static final Pattern LEFT = Pattern.compile("is left in (\\S+)");

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  @Test
  void all_is_exact_though_a_container_is_killed_half_way_and_nothing_stays_behind()
      throws IOException {
    List<Path> before = directories();
    List<ProcessHandle> running = processes();

    int status = demo("--lines", "50000", "--seed", "5");

    assertThat(status).as("%s%s", out, err).isZero();
    assertThat(out.toString())
        .contains("50,000 lines of seed 5", "is killed with SIGKILL", "container 1 runs again")
        .containsPattern("verdict +exact: [\\d,]+ messages and entries are equal")
        .containsPattern("\\d records/s: 50,000 in ")
        .contains("restarts: 1");
    assertThat(directories()).isEqualTo(before);
    assertThat(processes()).isSubsetOf(running);
  }

  /** Those that this one has started; a broker that other tests share may be among them. */
  private static List<ProcessHandle> processes() {
    return ProcessHandle.current().descendants().filter(ProcessHandle::isAlive).toList();
  }

  @Test
  @Tag("slow")
  void a_packed_log_is_counted_exactly_with_its_broken_lines_rejected() throws IOException {
    Path log = folder.resolve("access.log.gz");
    String line =
        "10.0.0.%d - - [17/May/2015:10:05:%02d +0000] \"GET /%d HTTP/1.1\" 200 %d \"-\" \"x\"\n";
    try (PrintWriter lines = new PrintWriter(new GZIPOutputStream(Files.newOutputStream(log)))) {
      for (int i = 0; i < 500; i++) {
        lines.printf(line, i % 40, i % 60, i % 7, i);
      }
      lines.printf("no log line%n%n");
    }

    int status =
        demo("--input", log.toString(), "--partitions", "3", "--containers", "1", "--no-kill");

    assertThat(status).as("%s%s", out, err).isZero();
    // 500 visits, 40 sessions, 2 rejected lines.
    assertThat(out.toString())
        .contains(
            "502 lines of the given log", "542 committed messages", "no container was killed");
  }

  @Test
  @Tag("slow")
  void a_real_log_is_counted_exactly() {
    Path log = realLog();
    Assumptions.assumeTrue(
        Files.exists(log),
        () -> "skipped: no real log at " + log + "; -Dtidemark.data.dir names its folder");

    int status = demo("--input", log.toString());

    assertThat(status).as("%s%s", out, err).isZero();
    assertThat(out.toString()).contains("10,000 lines of the given log", "verdict   exact");
  }

  @Test
  @Tag("slow")
  void a_message_that_does_not_belong_there_makes_it_fail() throws Exception {
    CompletableFuture<Integer> demo =
        CompletableFuture.supplyAsync(() -> demo("--lines", "30000", "--no-kill"));

    addVisit(awaitBroker(demo), "intruder", "{}");

    assertThat(demo.get()).as("%s%s", out, err).isEqualTo(1);
    assertThat(out.toString())
        .contains("visits: message 1 of 'intruder' is {}: only 0 messages are expected")
        .contains("differences in");
    remove(Path.of(found(LEFT)));
  }

  @Test
  void a_log_that_is_not_there_is_told_before_anything_starts() throws IOException {
    List<Path> before = directories();

    int status = demo("--input", folder.resolve("absent.log").toString());

    assertThat(status).isEqualTo(1);
    assertThat(err.toString()).contains("TM-5010", "absent.log");
    assertThat(out.toString()).isEmpty();
    assertThat(directories()).isEqualTo(before);
  }

  @Test
  void a_number_that_makes_no_sense_is_an_error_of_usage() {
    assertThat(demo("--containers", "0")).isEqualTo(2);
    assertThat(err.toString()).contains("--containers is 0 and must be at least 1");
  }

  private int demo(String... options) {
    String[] arguments =
        Stream.concat(Stream.of("demo"), Stream.of(options)).toArray(String[]::new);
    return Main.run(new PrintWriter(out, true), new PrintWriter(err, true), arguments);
  }

  private String awaitBroker(CompletableFuture<Integer> demo) throws InterruptedException {
    while (!BROKER.matcher(out.toString()).find()) {
      assertThat(demo).as("%s%s", out, err).isNotDone();
      Thread.sleep(20);
    }
    return found(BROKER);
  }

  private String found(Pattern pattern) {
    Matcher matcher = pattern.matcher(out.toString());
    assertThat(matcher.find()).as("%s", out).isTrue();
    return matcher.group(1);
  }

  /** Waits for the topic, and sends a message that no task sent. */
  private static void addVisit(String broker, String key, String value) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker))) {
      while (!admin.listTopics().names().get().contains("visits")) {
        Thread.sleep(20);
      }
    }
    try (KafkaProducer<String, String> producer =
        new KafkaProducer<>(
            Map.of("bootstrap.servers", broker), new StringSerializer(), new StringSerializer())) {
      producer.send(new ProducerRecord<>("visits", 0, key, value)).get();
    }
  }

  private static Path realLog() {
    String named = System.getProperty("tidemark.data.dir");
    return (named != null ? Path.of(named) : project().resolve("../shared/data"))
        .resolve("apache_access.log")
        .normalize();
  }

  private static Path project() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.exists(folder.resolve("mvnw")) && folder.getParent() != null) {
      folder = folder.getParent();
    }
    return folder;
  }

  private static List<Path> directories() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("tidemark-demo-"))
          .sorted()
          .toList();
    }
  }

  private static void remove(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
