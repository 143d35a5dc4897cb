package io.tidemark.stores.rocksdb;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.StateException;
import io.tidemark.state.Change;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.RandomChanges;
import io.tidemark.state.StorageEngine;
import io.tidemark.state.StoreModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is damaged on disk is found, and never taken for data: whatever happens to a file, the
 * engine says TM-3003 when it is opened or read, or it holds the state at the commit that it names.
 */
class DamagedDatabaseTest {
  private static final List<String> STORES = List.of("first", "second", "third");
  private static final int COMMITS = 40;
  private static final int MOST_CHANGES = 60;

  @TempDir Path temporary;

  private final long seed = Long.getLong("tidemark.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final RandomChanges changes = new RandomChanges(seed, STORES.size(), 500, 200);
  private Path sound;
  private int cases;
  private int found;

  /** A database of several files, opened and closed in order twice. */
  @BeforeEach
  void makeDatabase() throws IOException {
    sound = Files.createDirectory(temporary.resolve("sound"));
    for (int first = 1; first < COMMITS; first += COMMITS / 2) {
      try (RocksDbEngineFactory factory = new RocksDbEngineFactory(16 << 20);
          StorageEngine engine = factory.open(options(sound))) {
        for (int commit = first; commit < first + COMMITS / 2; commit++) {
          engine.apply(changes.of(commit, MOST_CHANGES), new EngineCommit(commit, commit));
          if (commit % 7 == 0) {
            engine.flush();
          }
        }
      }
    }
    assertThat(check(copy())).isFalse();
  }

  @Test
  void flipped_bits_are_found() throws IOException {
    flipBits(8);
  }

  @Tag("slow")
  @Test
  void many_flipped_bits_are_found() throws IOException {
    flipBits(Boolean.getBoolean("tidemark.slow.short") ? 30 : 150);
  }

  private void flipBits(int perFile) throws IOException {
    for (Path file : files(name -> !name.startsWith("LOG"))) {
      byte[] content = Files.readAllBytes(file);
      for (int i = 0; i < perFile && content.length > 0; i++) {
        int at = random.nextInt(content.length);
        byte[] flipped = content.clone();
        flipped[at] ^= (byte) (1 << random.nextInt(8));
        damage(file, flipped, "a bit flipped at byte " + at);
      }
    }
    assertThat(found).as("damages found of %s", cases).isPositive();
  }

  @Test
  void truncated_files_are_found() throws IOException {
    for (Path file : files(name -> !name.startsWith("LOG"))) {
      byte[] content = Files.readAllBytes(file);
      for (int i = 0; i < 6 && content.length > 0; i++) {
        int length = i == 0 ? 0 : random.nextInt(content.length);
        damage(file, Arrays.copyOf(content, length), "truncated to " + length + " bytes");
      }
    }
    assertThat(found).as("damages found of %s", cases).isPositive();
  }

  @Test
  void overwritten_blocks_are_found() throws IOException {
    for (Path file : files(name -> name.endsWith(".sst") || name.startsWith("MANIFEST"))) {
      byte[] content = Files.readAllBytes(file);
      for (int i = 0; i < 4; i++) {
        int from = random.nextInt(content.length);
        int to = Math.min(content.length, from + 512);
        byte[] zeros = content.clone();
        Arrays.fill(zeros, from, to, (byte) 0);
        damage(file, zeros, "zeros from " + from + " to " + to);
      }
    }
    assertThat(found).as("damages found of %s", cases).isPositive();
  }

  @Tag("slow")
  @Test
  void a_manifest_cut_off_anywhere_is_found() throws IOException {
    Path manifest = files(name -> name.startsWith("MANIFEST")).get(0);
    byte[] content = Files.readAllBytes(manifest);
    for (int length : IntStream.range(0, content.length).toArray()) {
      damage(manifest, Arrays.copyOf(content, length), "truncated to " + length + " bytes");
    }
  }

  /** One bit makes it the type of a record of a recycled file, which RocksDB reads for ever. */
  @Test
  void a_wrong_type_of_any_record_of_the_manifest_is_found() throws IOException {
    Path manifest = files(name -> name.startsWith("MANIFEST")).get(0);
    byte[] content = Files.readAllBytes(manifest);
    int records = 0;
    for (int header = 0; header + 7 <= content.length; records++) {
      byte[] changed = content.clone();
      changed[header + 6] ^= 4;
      damage(manifest, changed, "another type of record " + records);
      header += 7 + (content[header + 4] & 0xff) + ((content[header + 5] & 0xff) << 8);
    }
    assertThat(found).isEqualTo(records).isGreaterThan(3);
  }

  @Test
  void missing_files_are_found() throws IOException {
    for (Path file : files(name -> name.endsWith(".sst") || name.startsWith("MANIFEST"))) {
      Path copy = copy();
      Files.delete(copy.resolve(file.getFileName()));
      assertThat(check(copy)).as("%s is missing", file).isTrue();
    }
    Path copy = copy();
    Files.delete(copy.resolve("CURRENT"));
    assertThat(check(copy)).as("CURRENT is missing").isTrue();
  }

  @Test
  void the_message_names_task_and_directory_and_what_to_do() throws IOException {
    Path copy = copy();
    Files.delete(copy.resolve("CURRENT"));
    try (RocksDbEngineFactory factory = new RocksDbEngineFactory(16 << 20)) {
      assertThatThrownBy(() -> factory.open(options(copy)))
          .isInstanceOf(StateException.class)
          .hasMessageStartingWith("TM-3003: the local state of task Partition 7 in " + copy)
          .hasMessageContaining("CURRENT is missing")
          .hasMessageContaining("Remove that directory");
    }
  }

  @Test
  void a_read_of_a_damaged_block_names_the_store() throws IOException {
    Path directory = Files.createDirectory(temporary.resolve("one"));
    List<Change> one = List.of(StoreModel.put(1, "key", "a value that is not to be found twice"));
    try (RocksDbEngineFactory factory = new RocksDbEngineFactory(16 << 20);
        StorageEngine engine = factory.open(options(directory))) {
      engine.apply(one, new EngineCommit(1, 1));
    }
    for (Path file : filesIn(directory, name -> name.endsWith(".sst"))) {
      byte[] content = Files.readAllBytes(file);
      int at = new String(content, ISO_8859_1).indexOf("a value");
      if (at >= 0) {
        content[at] ^= 1;
        Files.write(file, content);
      }
    }
    try (RocksDbEngineFactory factory = new RocksDbEngineFactory(16 << 20);
        StorageEngine engine = factory.open(options(directory))) {
      assertThatThrownBy(() -> engine.get(1, StoreModel.bytes("key")))
          .isInstanceOf(StateException.class)
          .hasMessageStartingWith("TM-3003: the local state of task Partition 7, store second,");
      byte[][] keys = {StoreModel.bytes("absent"), StoreModel.bytes("key")};
      assertThatThrownBy(() -> engine.getAll(1, keys))
          .isInstanceOf(StateException.class)
          .hasMessageStartingWith("TM-3003: the local state of task Partition 7, store second,");
      assertThatThrownBy(() -> engine.scan(1, new byte[0], null).close())
          .isInstanceOf(StateException.class)
          .hasMessageStartingWith("TM-3003: the local state of task Partition 7, store second,");
    }
  }

  private void damage(Path file, byte[] content, String how) throws IOException {
    Path copy = copy();
    Files.write(copy.resolve(file.getFileName()), content);
    cases++;
    try {
      found += check(copy) ? 1 : 0;
    } catch (AssertionError | RuntimeException wrong) {
      throw new AssertionError(
          file.getFileName() + ", " + how + "; repeat with -Dtidemark.seed=" + seed, wrong);
    }
  }

  /** Reads all; whether damage was found. */
  private boolean check(Path directory) {
    try (RocksDbEngineFactory factory = new RocksDbEngineFactory(16 << 20);
        StorageEngine engine = factory.open(options(directory))) {
      StoreModel model = new StoreModel(STORES.size());
      for (long commit = 1; commit <= engine.commit().number(); commit++) {
        model.apply(changes.of(commit, MOST_CHANGES));
      }
      model.assertHeldBy(engine);
      for (int key = 0; key < 500; key++) {
        byte[] expected = model.get(key % 3, changes.key(key));
        assertThat(engine.get(key % 3, changes.key(key))).isEqualTo(expected);
        assertThat(engine.getAll(key % 3, new byte[][] {changes.key(key)})[0]).isEqualTo(expected);
      }
      return false;
    } catch (StateException damaged) {
      assertThat(damaged.code()).as(damaged.getMessage()).isEqualTo("TM-3003");
      return true;
    }
  }

  private static EngineOptions options(Path directory) {
    List<EngineOptions.Store> stores =
        STORES.stream().map(name -> new EngineOptions.Store(name, Map.of())).toList();
    return new EngineOptions(directory, "Partition 7", stores);
  }

  private List<Path> files(Predicate<String> wanted) throws IOException {
    return filesIn(sound, wanted);
  }

  private static List<Path> filesIn(Path directory, Predicate<String> wanted) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> wanted.test(file.getFileName().toString())).sorted().toList();
    }
  }

  private Path copy() throws IOException {
    Path copy = Files.createTempDirectory(temporary, "damaged");
    for (Path file : filesIn(sound, name -> true)) {
      Files.copy(file, copy.resolve(file.getFileName()));
    }
    return copy;
  }
}
