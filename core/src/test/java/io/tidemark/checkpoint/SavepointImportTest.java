package io.tidemark.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.CheckpointVerificationException;
import io.tidemark.api.Config;
import io.tidemark.config.CheckpointSettings.OnVerificationFailure;
import io.tidemark.config.JobSettings;
import io.tidemark.system.Failpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SavepointImportTest {
  @TempDir Path directory;

  private final Map<String, String> settings = new TreeMap<>();
  private final MemoryBlobStore target = new MemoryBlobStore();
  private final List<String> blobNames = new ArrayList<>();

  @BeforeEach
  void configure() {
    settings.put("job.name", "orders");
    settings.put("job.state.dir", directory.resolve("state").toString());
    settings.put("task.class", "Any");
    settings.put("task.inputs", "kafka.orders");
    settings.put("systems.kafka.factory", "kafka");
    settings.put("systems.kafka.key.serde", "string");
    settings.put("systems.kafka.msg.serde", "string");
    settings.put("systems.kafka.bootstrap.servers", "localhost:1");
    settings.put("task.checkpoint.store.filesystem.path", directory.resolve("there").toString());
  }

  private JobSettings job() {
    return JobSettings.parse(Config.of(settings));
  }

  private Path root() {
    return directory.resolve("there").resolve("orders-1");
  }

  /** A savepoint of four blobs, in a directory. */
  private void savepoint() {
    try (BlobStore store = BlobStores.open(job())) {
      for (int i = 0; i < 4; i++) {
        byte[] bytes = ("the bytes of blob " + i).getBytes(UTF_8);
        String name = Hashes.blob(Hashes.of(bytes));
        store.put(name, BlobStore.Source.of(bytes));
        blobNames.add(name);
      }
      new Catalog(store).publish(CatalogTest.manifest(7, "before", blobNames));
    }
  }

  private SavepointImport.Outcome copy(Path path, String name) {
    SavepointSource source = SavepointSource.at(path);
    try (BlobStore blobs = source.open(job())) {
      return new SavepointImport(blobs, target).run(source.location(), name);
    }
  }

  @Test
  void it_is_copied_once_and_no_blob_twice() {
    savepoint();

    SavepointImport.Outcome first = copy(root().resolve("savepoints/before"), "mine");
    assertThat(first.copied()).isEqualTo(4);
    assertThat(first.location()).isEqualTo(Location.savepoint("mine"));
    blobNames.forEach(
        name -> assertThat(target.read(name)).startsWith("the bytes".getBytes(UTF_8)));
    assertThat(copy(root().resolve("savepoints/before/manifest"), "mine").copied()).isZero();

    SavepointImport.Outcome again = copy(root(), "more");
    assertThat(again.copied()).isZero();
    assertThat(again.shared()).isEqualTo(4);

    Verifier verifier = new Verifier(target, new Catalog(target));
    assertThat(verifier.verify(Location.savepoint("mine")).manifest()).isNotNull();
  }

  @Test
  void it_is_never_taken_for_the_newest_of_the_jobs_own() {
    savepoint();
    copy(root(), "mine");
    Catalog catalog = new Catalog(target);

    assertThat(catalog.latestValid(OnVerificationFailure.FAIL).manifest()).isNull();
    assertThatThrownBy(() -> catalog.load(Location.LATEST)).hasMessageContaining("TM-8232");
    assertThat(catalog.load(Location.savepoint("mine")).isImported()).isTrue();
  }

  @Test
  void another_savepoint_of_that_name_stays() {
    savepoint();
    new Catalog(target).publish(CatalogTest.manifest(3, "before", List.of()));

    assertThatThrownBy(() -> copy(root(), "before")).hasMessageContaining("TM-8234");
    assertThat(target.list("blobs/")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"import.before-copy", "import.before-copy:3", "import.before-publish"})
  void one_that_a_crash_ended_is_not_there_and_can_be_made_again(String failpoint)
      throws Exception {
    savepoint();
    Path copy = directory.resolve("copy");
    assertThat(importing(failpoint, copy)).isEqualTo(Failpoint.EXIT_STATUS);
    try (BlobStore store = new FileBlobStore(copy, System::currentTimeMillis)) {
      assertThat(new Catalog(store).list()).isEmpty();
    }

    assertThat(importing("none", copy)).isZero();
    try (BlobStore store = new FileBlobStore(copy, System::currentTimeMillis)) {
      assertThat(new Catalog(store).list())
          .extracting(Catalog.Entry::location)
          .containsExactly(Location.savepoint("mine"));
      blobNames.forEach(
          name -> assertThat(store.read(name)).startsWith("the bytes".getBytes(UTF_8)));
    }
  }

  private int importing(String failpoint, Path copy) throws Exception {
    Process process =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElse("java"),
                "-XX:TieredStopAtLevel=1",
                "-Dtidemark.failpoint=" + failpoint,
                "-cp",
                System.getProperty("java.class.path"),
                ImportingProcess.class.getName(),
                root().toString(),
                copy.toString())
            .inheritIO()
            .start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
      return process.exitValue();
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** Copies the savepoint {@code before} from a directory to another. */
  static final class ImportingProcess {
    private ImportingProcess() {}

    public static void main(String[] arguments) {
      try (BlobStore from = new FileBlobStore(Path.of(arguments[0]), System::currentTimeMillis);
          BlobStore to = new FileBlobStore(Path.of(arguments[1]), System::currentTimeMillis)) {
        new SavepointImport(from, to).run(Location.savepoint("before"), "mine");
      }
    }
  }

  @Test
  void whatever_is_damaged_is_named_and_nothing_is_there_afterwards() throws Exception {
    savepoint();
    List<Consumer<Path>> damages =
        List.of(
            file -> write(file, bytes -> bytes[3] ^= 1),
            file -> replace(file, "the bytes of blob".getBytes(UTF_8)),
            file -> replace(file, "the bytes of blob 1 and more".getBytes(UTF_8)),
            SavepointImportTest::delete);
    List<String> parts = new ArrayList<>(blobNames);
    parts.add("savepoints/before/manifest");
    for (String part : parts) {
      Path file = root().resolve(part);
      byte[] sound = Files.readAllBytes(file);
      for (Consumer<Path> damage : damages) {
        damage.accept(file);
        if (!part.startsWith("blobs") && !Files.exists(file)) {
          assertThatThrownBy(() -> copy(root().resolve("savepoints/before"), "mine"))
              .hasMessageContaining("TM-8333");
        } else {
          assertThatThrownBy(() -> copy(root().resolve("savepoints/before"), "mine"))
              .isInstanceOf(CheckpointVerificationException.class)
              .hasMessageContaining(part);
        }
        assertThat(target.list("savepoints/")).isEmpty();
        Files.write(file, sound);
      }
    }
    assertThat(copy(root().resolve("savepoints/before"), "mine").copied()).isEqualTo(4);
  }

  private static void write(Path file, Consumer<byte[]> change) {
    try {
      byte[] bytes = Files.readAllBytes(file);
      change.accept(bytes);
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void replace(Path file, byte[] bytes) {
    try {
      Files.write(file, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void encrypted_blobs_are_read_with_the_keys_of_the_configuration() throws Exception {
    keys("one", 1);
    savepoint();

    settings.keySet().removeIf(key -> key.startsWith("task.checkpoint.encryption"));
    assertThatThrownBy(() -> copy(root(), "mine"))
        .hasMessageContaining("TM-8332")
        .hasMessageContaining("task.checkpoint.encryption.keys");
    keys("one", 2);
    assertThatThrownBy(() -> copy(root(), "mine")).hasMessageContaining("TM-8111");
    keys("two", 2);
    assertThatThrownBy(() -> copy(root(), "mine")).hasMessageContaining("TM-8110");
    keys("one", 1);
    assertThat(copy(root(), "mine").copied()).isEqualTo(4);
    assertThat(target.read(blobNames.get(0))).isEqualTo("the bytes of blob 0".getBytes(UTF_8));
  }

  private void keys(String id, int fill) throws Exception {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) fill);
    Path file = directory.resolve("keys-" + id + fill);
    Files.writeString(file, id + "=" + Base64.getEncoder().encodeToString(key) + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    settings.put("task.checkpoint.encryption.keys", "file");
    settings.put("task.checkpoint.encryption.file.path", file.toString());
  }

  @Test
  void a_place_without_a_savepoint_is_refused() throws Exception {
    Files.createDirectories(directory.resolve("empty"));
    assertThatThrownBy(() -> SavepointSource.at(directory.resolve("empty")))
        .hasMessageContaining("TM-8333");
    assertThatThrownBy(() -> SavepointSource.at(directory.resolve("nowhere")))
        .hasMessageContaining("TM-8333");
  }

  @Test
  void a_directory_that_is_read_stays_as_it_is() throws Exception {
    savepoint();
    List<Path> before = files();
    copy(root(), "mine");
    assertThat(files()).isEqualTo(before);
  }

  private List<Path> files() throws Exception {
    try (var found = Files.walk(directory)) {
      return found.sorted().toList();
    }
  }
}
