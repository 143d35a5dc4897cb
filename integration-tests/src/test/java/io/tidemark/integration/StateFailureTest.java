package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.tidemark.api.TidemarkException;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What can happen to the local state: either it is rebuilt, or the error says what to do. */
@Timeout(180)
class StateFailureTest {
  private static final int PARTITIONS = 2;
  private static final int RECORDS = 10_000;
  private static final int KEYS = 2_000;

  @TempDir Path directory;
  private CountingJob job;
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void runOnce(TestInfo test) throws Exception {
    String name = test.getTestMethod().orElseThrow().getName().replace('_', '-');
    job = new CountingJob(LocalKafka.shared(), name, PARTITIONS, directory);
    job.send(RECORDS, KEYS, 1);
    log.start();
    logger().addAppender(log);
  }

  @AfterEach
  void stopListening() {
    logger().detachAppender(log);
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger("io.tidemark");
  }

  @Test
  void table_files_with_flipped_bytes_are_set_aside_and_the_state_is_rebuilt() throws Exception {
    job.runToEnd();
    for (Path file : job.localState().files(".sst")) {
      flip(file, new Random(1));
    }
    assertRebuilt();
  }

  @Test
  void truncated_table_files_are_set_aside_and_the_state_is_rebuilt() throws Exception {
    job.runToEnd();
    for (Path file : job.localState().files(".sst")) {
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.truncate(channel.size() / 2);
      }
    }
    assertRebuilt();
  }

  @Test
  void a_manifest_of_garbage_is_set_aside_and_the_state_is_rebuilt() throws Exception {
    job.runToEnd();
    for (Path file : job.localState().files("")) {
      if (String.valueOf(file.getFileName()).startsWith("MANIFEST")) {
        Files.writeString(file, "this is no manifest");
      }
    }
    assertRebuilt();
  }

  /** Damage may be found at the opening or at a read; then a restart of the container mends it. */
  private void assertRebuilt() {
    job.with("container.restart.max", "10").with("container.restart.backoff.ms", "10");
    job.send(RECORDS, KEYS, 2);
    job.runToEnd();
    assertThat(log.list)
        .filteredOn(event -> event.getLevel().toString().equals("WARN"))
        .extracting(ILoggingEvent::getFormattedMessage)
        .anySatisfy(line -> assertThat(line).contains("set aside in", "rebuilt from the journal"));
    job.assertExact();
  }

  @Test
  void state_that_was_deleted_is_rebuilt() {
    job.runToEnd();
    job.localState().delete();
    job.send(RECORDS, KEYS, 2);
    job.runToEnd();
    job.assertExact();
  }

  @Test
  void an_old_copy_of_the_state_is_brought_up_to_date() {
    job.runToEnd();
    LocalState old = job.localState().copyTo(directory.resolve("old"));
    job.send(RECORDS, KEYS, 2);
    job.runToEnd();
    job.localState().delete();
    old.copyTo(directory.resolve("state"));
    assertThat(job.localState().entries()).isNotEqualTo(job.lastOutputs());
    job.send(RECORDS, KEYS, 3);
    job.runToEnd();
    job.assertExact();
  }

  @Test
  void the_state_of_another_journal_is_refused_and_left_as_it_was() throws Exception {
    job.runToEnd();
    CountingJob other =
        new CountingJob(LocalKafka.shared(), "somebody-else", PARTITIONS, directory);
    other.send(RECORDS, KEYS, 4);
    other.runToEnd();
    Path mixed = directory.resolve("mixed");
    Path target = mixed.resolve(other.localState().job());
    new LocalState(job.localState().root().resolve(job.localState().job()), "", PARTITIONS)
        .copyTo(target);
    LocalState foreign = new LocalState(mixed, other.localState().job(), PARTITIONS);
    Map<Path, String> before = foreign.contents();
    assertFailsWith("TM-3001", () -> other.runToEnd(Map.of("job.state.dir", mixed.toString())));
    assertThat(foreign.contents()).isEqualTo(before);
    other.assertExact();
  }

  @Test
  void a_state_directory_is_for_one_process() throws Exception {
    try (ContainerProcess first = ContainerProcess.start(job.properties(), 0, 1, false)) {
      first.awaitLine("ready", 60);
      assertFailsWith("TM-3002", job::runToEnd);
      job.send(RECORDS, KEYS, 2);
      try (CommittedRecords<Long> outputs = job.outputs()) {
        outputs.await(job.sent(), 60);
      }
      assertThat(first.isAlive()).as(first.output()).isTrue();
      first.terminate();
      assertThat(first.awaitExit(30)).as(first.output()).isZero();
    }
    job.assertExact();
  }

  @Test
  void a_file_in_the_place_of_a_directory_is_an_error_that_says_so() throws Exception {
    Path file = Files.writeString(directory.resolve("file"), "not a directory");
    Map<String, String> there = Map.of("job.state.dir", file.toString());
    assertFailsWith("TM-3004", () -> job.runToEnd(there));
    job.runToEnd();
    job.assertExact();
  }

  @Test
  void a_full_disk_is_an_error_that_says_so_and_nothing_is_lost() throws Exception {
    Path disk = Files.createDirectory(directory.resolve("disk"));
    assumeThat(run("mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", disk.toString()))
        .as("this user may mount a small file system")
        .isZero();
    try {
      Map<String, String> onDisk =
          Map.of("job.state.dir", Files.createDirectory(disk.resolve("state")).toString());
      job.runToEnd(onDisk);
      Path ballast = fill(disk);
      job.send(RECORDS, KEYS, 2);
      assertFailsWith("TM-8310", () -> job.runToEnd(onDisk));
      Files.delete(ballast);
      job.send(RECORDS, KEYS, 3);
      job.runToEnd(onDisk);
      job.assertOutputsExact();
      job.assertStateExact(disk.resolve("state"));
      job.assertStateExact(); // from the journal alone
    } finally {
      run("umount", disk.toString());
    }
  }

  private static void assertFailsWith(String code, ThrowingCallable running) {
    assertThatThrownBy(running)
        .isInstanceOfSatisfying(
            TidemarkException.class, e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(code));
  }

  private static int run(String... command) throws IOException, InterruptedException {
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  private static Path fill(Path disk) {
    Path ballast = disk.resolve("ballast");
    byte[] block = new byte[4096];
    try (OutputStream out = Files.newOutputStream(ballast)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException e) {
      return ballast; // full
    }
  }

  private static void flip(Path file, Random random) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    for (int i = 0; i < 1 + bytes.length / 256; i++) {
      bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(bytes));
    }
  }
}
