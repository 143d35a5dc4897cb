package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidemark.api.Partition;
import io.tidemark.api.StateException;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.journal.Block;
import io.tidemark.journal.StoreIdentity;
import io.tidemark.state.StateDirectory.Identity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StateDirectoryTest {
  private static final TaskName TASK = new TaskName("main", 0);
  private static final String ID = "8a1b9a0e-0000-0000-0000-000000000001";
  private static final Identity OWN = new Identity("job-1", "main-0", "journal", ID, 8, 1024);

  @TempDir Path root;

  private StateDirectory open() {
    return StateDirectory.open(root, "job-1", TASK);
  }

  private Path directory() {
    return root.resolve("job-1/main-0");
  }

  @Test
  void whoseItIsSurvivesItsClosing() {
    try (StateDirectory directory = open()) {
      assertThat(directory.identity()).isNull();
      directory.claim(OWN);
      directory.claim(OWN);
    }
    try (StateDirectory directory = open()) {
      assertThat(directory.identity()).isEqualTo(OWN);
      directory.claim(OWN);
    }
  }

  @Test
  void whatIsSomebodyElsesIsRefusedAndNotChanged() throws IOException {
    try (StateDirectory directory = open()) {
      directory.claim(OWN);
      Files.writeString(directory.engine("memory").resolve("precious"), "contents");
    }
    Map<String, String> before = contents();
    for (Identity other :
        List.of(
            new Identity("job-2", "main-0", "journal", ID, 8, 1024),
            new Identity("job-1", "main-1", "journal", ID, 8, 1024),
            new Identity("job-1", "main-0", "journal", ID.replace('1', '2'), 8, 1024),
            new Identity("job-1", "main-0", "journal-t2", ID, 8, 1024),
            new Identity("job-1", "main-0", "journal", ID, 16, 1024),
            new Identity("job-1", "main-0", "journal", ID, 8, 2048))) {
      try (StateDirectory directory = open()) {
        assertRefused("TM-3001", () -> directory.claim(other))
            .hasMessageContaining(directory().toString())
            .hasMessageContaining("journal.id=" + ID)
            .hasMessageContaining("journal.id=" + other.journalId());
      }
      assertThat(contents()).isEqualTo(before);
    }
  }

  @Test
  void anotherFormatIsRefusedAndNotChanged() throws IOException {
    try (StateDirectory directory = open()) {
      directory.claim(OWN);
    }
    Path file = directory().resolve("identity");
    Files.writeString(file, Files.readString(file).replace("format=1", "format=2"));
    Map<String, String> before = contents();
    try (StateDirectory directory = open()) {
      assertRefused("TM-3001", directory::identity).hasMessageContaining("is of format 2");
      assertRefused("TM-3001", () -> directory.claim(OWN));
    }
    assertThat(contents()).isEqualTo(before);
  }

  @Test
  void anIdentityThatIsTornAtAnyPlaceIsRefusedAndNotChanged() throws IOException {
    try (StateDirectory directory = open()) {
      directory.claim(OWN);
    }
    Path file = directory().resolve("identity");
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length - 1; length++) { // all but the last line's end
      byte[] torn = Arrays.copyOf(whole, length);
      Files.write(file, torn);
      try (StateDirectory directory = open()) {
        assertRefused("TM-3001", () -> directory.claim(OWN));
      }
      assertThat(Files.readAllBytes(file)).isEqualTo(torn);
    }
  }

  @Test
  void anIdentityWithAJournalIdThatIsNoneIsRefused() throws IOException {
    try (StateDirectory directory = open()) {
      directory.claim(OWN);
    }
    Path file = directory().resolve("identity");
    Files.writeString(file, Files.readString(file).replace(ID, "8a1b"));
    try (StateDirectory directory = open()) {
      assertRefused("TM-3001", directory::identity).hasMessageContaining("is damaged");
    }
  }

  @Test
  void aSecondOpenerInThisProcessIsRefused() {
    try (StateDirectory first = open()) {
      assertRefused("TM-3002", this::open).hasMessageContaining(first.path().toString());
    }
    open().close();
  }

  @Test
  void aDirectoryReachedByAnotherPathIsTheSame() throws IOException {
    Path link = Files.createSymbolicLink(root.resolve("link"), root);
    try (StateDirectory first = open()) {
      assertThat(first.path()).exists();
      assertRefused("TM-3002", () -> StateDirectory.open(link, "job-1", TASK));
    }
  }

  @Test
  void closingTwiceDoesNotFreeSomebodyElsesLock() {
    StateDirectory first = open();
    first.close();
    try (StateDirectory second = open()) {
      first.close();
      assertThat(second.path()).exists();
      assertRefused("TM-3002", this::open);
    }
  }

  @Test
  void anotherProcessIsRefused() throws IOException {
    try (StateDirectory directory = open()) {
      directory.claim(OWN);
      assertThat(saidByAnotherProcess()).isEqualTo("TM-3002");
    }
    assertThat(saidByAnotherProcess()).isEqualTo("open");
  }

  /** The system drops all of a process's locks on a file when it closes the file anywhere. */
  @Test
  void anotherProcessIsRefusedAlsoAfterASecondOpenerInThisOneWas() throws IOException {
    try (StateDirectory directory = open()) {
      directory.claim(OWN);
      assertRefused("TM-3002", this::open);
      assertThat(saidByAnotherProcess()).isEqualTo("TM-3002");
    }
  }

  @Test
  void aDirectoryThatAnotherProcessHasIsRefusedUntilThatEnds() throws Exception {
    Process other = start();
    try {
      assertThat(firstLine(other)).isEqualTo("open");
      assertRefused("TM-3002", this::open).hasMessageContaining("another process");
    } finally {
      other.destroyForcibly().waitFor();
    }
    open().close();
  }

  @Test
  void theOpeningBlockThatWasKeptLastIsThereHoweverLongItsListsAre() {
    List<String> schemas = new ArrayList<>();
    for (int i = 0; i < StoredValue.MAX_SCHEMAS; i++) {
      schemas.add("avro/com.acme.Order/" + "x".repeat(20_000) + i);
    }
    StoreIdentity small = new StoreIdentity("s", 1, "string", "partition", "", List.of("long"));
    StoreIdentity large = new StoreIdentity("s", 1, "string", "partition", "", schemas);
    for (StoreIdentity store : List.of(small, large, small)) {
      Block block = opening(store);
      try (StateDirectory directory = open()) {
        directory.keepOpening(block);
      }
      try (StateDirectory directory = open()) {
        assertThat(directory.opening()).isEqualTo(block);
      }
    }
  }

  @Test
  void aBeginningSaysWhoseItIsAndWhatTheStoresAre() throws IOException {
    Block block = opening(new StoreIdentity("s", 1, "string", "partition", "", List.of("long")));
    Files.createDirectories(directory());
    Files.writeString(directory().resolve("opening.new"), "left by a crash".repeat(1000));
    try (StateDirectory directory = open()) {
      directory.clear();
      directory.begin(block, OWN);
    }
    try (StateDirectory directory = open()) {
      assertThat(directory.opening()).isEqualTo(block);
      assertThat(directory.identity()).isEqualTo(OWN);
      directory.claim(OWN);
    }
    assertThat(directory().toFile().list())
        .containsExactlyInAnyOrder("lock", "opening", "identity");
  }

  @Test
  void whatALongerFileOfACrashHasLeftIsOverwritten() throws IOException {
    Block block = opening(new StoreIdentity("s", 1, "string", "partition", "", List.of("long")));
    try (StateDirectory directory = open()) {
      Files.writeString(directory().resolve("opening.new"), "left by a crash".repeat(1000));
      directory.keepOpening(block);
      assertThat(directory.opening()).isEqualTo(block);
    }
  }

  private static Block opening(StoreIdentity store) {
    return new Block(
        7,
        3,
        1_000,
        "job-1-c0of1-w0of1",
        UUID.fromString(ID),
        new Block.Opening(8, 8, 1024, 0, List.of(store)),
        Map.of(new SystemStreamPartition("kafka", "orders", new Partition(0)), "42"),
        Block.Marks.NONE,
        List.of());
  }

  @Test
  void anOpeningBlockThatIsDamagedAtAnyPlaceCountsAsNone() throws IOException {
    Path file = directory().resolve("opening");
    try (StateDirectory directory = open()) {
      assertThat(directory.opening()).isNull();
      directory.keepOpening(
          opening(new StoreIdentity("s", 1, "string", "partition", "", List.of("long"))));
      byte[] whole = Files.readAllBytes(file);
      for (int place = 0; place < whole.length; place++) {
        Files.write(file, Arrays.copyOf(whole, place));
        assertThat(directory.opening()).as("cut at " + place).isNull();
        byte[] flipped = whole.clone();
        flipped[place] ^= 4;
        Files.write(file, flipped);
        assertThat(directory.opening()).as("changed at " + place).isNull();
      }
    }
  }

  @Test
  void filesThatAreMarkedAsDamagedAreSetAside() throws IOException {
    try (StateDirectory directory = open()) {
      directory.claim(OWN);
      Files.writeString(directory.engine("memory").resolve("file"), "bad bytes");
      Files.writeString(directory().resolve("bookmark"), "1 10 end");
      directory.markDamaged("a block does not match its checksum");
    }
    try (StateDirectory directory = open()) {
      assertThat(directory.identity()).isEqualTo(OWN);
      assertThat(directory.engine("memory")).isEmptyDirectory();
      assertThat(directory().resolve("bookmark")).doesNotExist();
    }
    Path aside;
    try (Stream<Path> files = Files.list(directory())) {
      aside = files.filter(Files::isDirectory).filter(this::isAside).findFirst().orElseThrow();
    }
    assertThat(aside.resolve("memory/file")).hasContent("bad bytes");
    try (StateDirectory directory = open()) { // once only
      assertThat(directory.engine("memory")).exists();
    }
    try (Stream<Path> files = Files.list(directory())) {
      assertThat(files.filter(this::isAside)).hasSize(1);
    }
  }

  private boolean isAside(Path path) {
    return path.getFileName().toString().startsWith("damaged-");
  }

  @Test
  void aFileInPlaceOfTheDirectoryIsAnErrorThatSaysWhatToDo() throws IOException {
    Files.writeString(root.resolve("job-1"), "no directory");
    assertRefused("TM-3004", this::open)
        .hasMessageContaining(directory().toString())
        .hasMessageContaining("job.state.dir");
    Files.delete(root.resolve("job-1"));
    Files.createDirectories(directory());
    Files.createDirectories(directory().resolve("lock"));
    assertRefused("TM-3004", this::open);
    Files.delete(directory().resolve("lock"));
    try (StateDirectory directory = open()) {
      Files.writeString(directory().resolve("memory"), "no directory");
      assertRefused("TM-3004", () -> directory.engine("memory"));
    }
  }

  @Test
  void anOpeningThatFailsLeavesNoLock() throws IOException {
    Files.createDirectories(directory().resolve("damaged")); // cannot be read as a note
    assertRefused("TM-3004", this::open);
    assertThat(saidByAnotherProcess()).as("not in use").isEqualTo("TM-3004");
    Files.delete(directory().resolve("damaged"));
    open().close();
  }

  private static AbstractThrowableAssert<?, ?> assertRefused(String code, ThrowingCallable call) {
    StateException refused = catchThrowableOfType(StateException.class, call);
    assertThat(refused).as("refusal").isNotNull();
    assertThat(refused.code()).isEqualTo(code);
    return assertThat(refused);
  }

  /** Every file and what it contains. */
  private Map<String, String> contents() throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.walk(root)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        contents.put(root.relativize(file).toString(), Files.readString(file));
      }
    }
    return contents;
  }

  private String saidByAnotherProcess() throws IOException {
    Process process = start();
    try {
      return firstLine(process);
    } finally {
      process.destroyForcibly();
    }
  }

  private Process start() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            LockingProcess.class.getName(),
            root.toString(),
            "job-1",
            "main")
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static String firstLine(Process process) throws IOException {
    return process.inputReader(StandardCharsets.UTF_8).readLine();
  }

  @Test
  void whoLooksAtATaskThatHasNothingHereCreatesNothing() throws IOException {
    assertThat(StateDirectory.openExisting(root, "job-1", TASK)).isNull();

    assertThat(contents()).isEmpty();
  }

  @Test
  void whoLooksLocksAndIsLockedOut() {
    try (StateDirectory directory = open()) {
      directory.claim(OWN);
      assertRefused("TM-3002", () -> StateDirectory.openExisting(root, "job-1", TASK));
    }
    try (StateDirectory looked = StateDirectory.openExisting(root, "job-1", TASK)) {
      assertThat(looked.identity()).isEqualTo(OWN);
      assertRefused("TM-3002", this::open);
    }
    open().close();
  }

  @Test
  void whoLooksIsToldOfDamageAndDoesNotSetItAside() throws IOException {
    try (StateDirectory directory = open()) {
      directory.claim(OWN);
      directory.markDamaged("a bit is wrong");
    }
    Map<String, String> before = contents();

    assertRefused("TM-3003", () -> StateDirectory.openExisting(root, "job-1", TASK));

    assertThat(contents()).isEqualTo(before);
  }
}
