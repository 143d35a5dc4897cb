package io.tidemark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.checkpoint.BlobStore.Source;
import io.tidemark.checkpoint.BlobStore.Stat;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every blob store promises. */
public abstract class BlobStoreContract {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private BlobStore store;

  /** Another way to the storage of this test, which is empty at first. */
  protected abstract BlobStore open() throws Exception;

  /** The size of a blob that the store has to write in pieces, if it ever does. */
  protected int largeBytes() {
    return 40 << 20;
  }

  /** More names than the store lists at once. */
  protected int manyNames() {
    return 1100;
  }

  /** Whether a reader may fail when the blob is replaced under it. */
  protected boolean readersMayFail() {
    return false;
  }

  @BeforeEach
  void openStore() throws Exception {
    store = open();
  }

  @AfterEach
  void closeStore() {
    if (store != null) {
      store.close();
    }
  }

  @Test
  void what_was_put_is_read() {
    store.put("blobs/ab/one", Source.of(bytes("the first")));

    assertThat(store.read("blobs/ab/one")).isEqualTo(bytes("the first"));
  }

  @Test
  void what_was_put_is_there_for_others_and_after_a_restart() throws Exception {
    store.put("blobs/ab/one", Source.of(bytes("the first")));
    assertThat(store.putIfAbsent("checkpoints/000000000001/manifest", bytes("{}"))).isTrue();
    try (BlobStore other = open()) {
      assertThat(other.read("blobs/ab/one")).isEqualTo(bytes("the first"));
    }
    store.close();
    store = open();

    assertThat(store.read("blobs/ab/one")).isEqualTo(bytes("the first"));
    assertThat(store.read("checkpoints/000000000001/manifest")).isEqualTo(bytes("{}"));
    awaitNames("", "blobs/ab/one", "checkpoints/000000000001/manifest");
  }

  @Test
  void a_blob_can_be_empty() {
    store.put("empty", Source.of(new byte[0]));
    assertThat(store.putIfAbsent("empty-too", new byte[0])).isTrue();

    assertThat(store.read("empty")).isEmpty();
    assertThat(store.read("empty-too")).isEmpty();
    assertThat(store.stat("empty").size()).isZero();
    assertThat(store.stat("empty-too").size()).isZero();
  }

  @Test
  void a_large_blob_is_read_as_it_was_written() throws Exception {
    byte[] large = random(1, largeBytes() + 12_345);
    store.put("blobs/cd/large", Source.of(large));

    assertThat(Arrays.equals(store.read("blobs/cd/large"), large)).isTrue();
    assertThat(store.stat("blobs/cd/large").size()).isEqualTo(large.length);
    int from = large.length - 1_000_003;
    try (InputStream end = store.open("blobs/cd/large", from)) {
      assertThat(end.readAllBytes()).isEqualTo(Arrays.copyOfRange(large, from, large.length));
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 15, 4095, 65_535, 65_536, 65_537, 99_999, 131_071, 131_072})
  void a_blob_is_read_from_any_byte(int from) throws Exception {
    byte[] bytes = random(2, 131_072);
    store.put("offsets", Source.of(bytes));

    try (InputStream in = store.open("offsets", from)) {
      assertThat(in.readAllBytes()).isEqualTo(Arrays.copyOfRange(bytes, from, bytes.length));
    }
  }

  @Test
  void nothing_is_left_behind_the_end() throws Exception {
    store.put("short", Source.of(bytes("short")));

    try (InputStream atEnd = store.open("short", 5);
        InputStream beyond = store.open("short", 5_000_000)) {
      assertThat(atEnd.read()).isEqualTo(-1);
      assertThat(beyond.read()).isEqualTo(-1);
    }
  }

  @Test
  void reading_may_end_early() throws Exception {
    store.put("large", Source.of(random(3, 3 << 20)));

    for (int i = 0; i < 20; i++) {
      try (InputStream in = store.open("large", i)) {
        assertThat(in.readNBytes(10)).hasSize(10);
      }
    }
  }

  @Test
  void a_blob_that_is_not_there_is_named() {
    assertThatThrownBy(() -> store.read("blobs/no/such"))
        .isInstanceOf(BlobStoreException.class)
        .hasMessageStartingWith("TM-8102: ")
        .hasMessageContaining("blobs/no/such");
    assertThat(store.stat("blobs/no/such")).isNull();
    assertThat(store.list("blobs/no/")).isEmpty();
  }

  @Test
  void a_blob_is_replaced() {
    store.put("replaced", Source.of(bytes("a first, longer one")));
    store.put("replaced", Source.of(bytes("a second")));

    assertThat(store.read("replaced")).isEqualTo(bytes("a second"));
    assertThat(store.stat("replaced").size()).isEqualTo(8);
    awaitNames("", "replaced");
  }

  @Test
  void a_blob_knows_its_size_and_when_it_was_written() {
    Instant before = Instant.now().minusSeconds(600);
    store.put("checked", Source.of(new byte[70_000]));

    Stat stat = store.stat("checked");
    assertThat(stat.name()).isEqualTo("checked");
    assertThat(stat.size()).isEqualTo(70_000);
    assertThat(stat.written()).isBetween(before, Instant.now().plusSeconds(600));
    awaitNames("", "checked");
    assertThat(store.list("")).singleElement().isEqualTo(stat);
  }

  @Test
  void putting_if_absent_keeps_the_first_and_knows_its_own() {
    assertThat(store.putIfAbsent("manifest", bytes("mine"))).isTrue();
    assertThat(store.putIfAbsent("manifest", bytes("mine"))).as("tried again").isTrue();
    assertThat(store.putIfAbsent("manifest", bytes("other"))).isFalse();
    assertThat(store.putIfAbsent("manifest", bytes("mine, longer"))).isFalse();

    assertThat(store.read("manifest")).isEqualTo(bytes("mine"));
    awaitNames("", "manifest");
  }

  @Test
  void putting_if_absent_respects_what_was_put() {
    store.put("manifest", Source.of(bytes("put")));

    assertThat(store.putIfAbsent("manifest", bytes("absent?"))).isFalse();
    assertThat(store.putIfAbsent("manifest", bytes("put"))).isTrue();
    store.delete("manifest");
    assertThat(store.putIfAbsent("manifest", bytes("absent?"))).isTrue();
    assertThat(store.read("manifest")).isEqualTo(bytes("absent?"));
  }

  @Test
  void of_sixteen_that_put_if_absent_one_wins() throws Exception {
    for (int round = 0; round < 10; round++) {
      String name = "races/" + round + "/manifest";
      CyclicBarrier start = new CyclicBarrier(16);
      List<Boolean> won =
          together(
              16,
              writer -> {
                start.await();
                return store.putIfAbsent(name, bytes("writer " + writer));
              });

      assertThat(won).containsOnlyOnce(true);
      assertThat(store.read(name)).isEqualTo(bytes("writer " + won.indexOf(true)));
    }
  }

  @Test
  void all_of_sixteen_that_put_the_same_if_absent_succeed() throws Exception {
    List<Boolean> there = together(16, writer -> store.putIfAbsent("same", bytes("the same")));

    assertThat(there).containsOnly(true);
    assertThat(store.read("same")).isEqualTo(bytes("the same"));
  }

  @Test
  void of_many_writers_of_one_blob_one_is_there_whole() throws Exception {
    together(
        8,
        writer -> {
          store.put("contested", Source.of(filled(writer, 200_000 + writer)));
          return writer;
        });

    byte[] found = store.read("contested");
    assertThat(found).isEqualTo(filled(found[0], 200_000 + found[0]));
  }

  @Test
  void readers_see_whole_blobs_while_they_are_replaced() throws Exception {
    store.put("busy", Source.of(filled(0, 300_000)));
    AtomicBoolean done = new AtomicBoolean();
    List<Integer> reads =
        together(
            4,
            thread -> {
              if (thread == 0) {
                for (int version = 1; version <= 30; version++) {
                  store.put("busy", Source.of(filled(version, 300_000 + version)));
                }
                done.set(true);
                return 1;
              }
              int whole = 0;
              while (!done.get() || whole == 0) {
                whole += readWhole() ? 1 : 0;
              }
              return whole;
            });

    assertThat(reads).allMatch(count -> count > 0);
    assertThat(store.read("busy")).isEqualTo(filled(30, 300_030));
  }

  private boolean readWhole() {
    byte[] found;
    try {
      found = store.read("busy");
    } catch (BlobStoreException | UncheckedIOException e) {
      if (readersMayFail()) {
        return false;
      }
      throw e;
    }
    assertThat(found).isEqualTo(filled(found[0], 300_000 + found[0]));
    return true;
  }

  @ParameterizedTest
  @ValueSource(ints = {5_000, 3_000_000})
  void bytes_that_cannot_be_read_leave_the_former_blob(int size) {
    store.put("kept", Source.of(bytes("former")));

    assertThatThrownBy(() -> store.put("kept", failing(size, new IOException("bad sector"))))
        .isInstanceOf(BlobStoreException.class)
        .hasMessageStartingWith("TM-8106: ")
        .hasMessageContaining("bad sector");
    assertThatThrownBy(() -> store.put("never", failing(size, new IOException("bad sector"))))
        .isInstanceOf(BlobStoreException.class);

    assertThat(store.read("kept")).isEqualTo(bytes("former"));
    assertThat(store.stat("never")).isNull();
    awaitNames("", "kept");
  }

  @Test
  void a_large_upload_that_breaks_off_leaves_nothing_to_be_seen() {
    assertThatThrownBy(
            () -> store.put("torn", failing(largeBytes(), new IOException("bad sector"))))
        .isInstanceOf(BlobStoreException.class)
        .hasMessageStartingWith("TM-8106: ");

    assertThat(store.stat("torn")).isNull();
    assertThat(store.list("")).isEmpty();
    store.put("torn", Source.of(bytes("now whole")));
    assertThat(store.read("torn")).isEqualTo(bytes("now whole"));
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 1})
  void bytes_that_are_not_as_many_as_announced_are_refused(int more) {
    Source wrong =
        new Source() {
          @Override
          public long size() {
            return 10_000;
          }

          @Override
          public InputStream open() {
            return new ByteArrayInputStream(new byte[10_000 + more]);
          }
        };

    assertThatThrownBy(() -> store.put("wrong", wrong))
        .isInstanceOf(BlobStoreException.class)
        .hasMessageStartingWith("TM-8106: ");
    assertThat(store.stat("wrong")).isNull();
  }

  @Test
  void blobs_are_listed_in_order_below_a_prefix() {
    List<String> names =
        List.of("a-b", "a/b", "a/b-c", "a/b.d", "a/c/d", "ab", "b/a", "B/a", "z/1/2/3/4", "0/_");
    names.forEach(name -> store.put(name, Source.of(bytes(name))));

    awaitNames("", names.stream().sorted().toArray(String[]::new));
    awaitNames("a/", "a/b", "a/b-c", "a/b.d", "a/c/d");
    awaitNames("a/c/", "a/c/d");
    awaitNames("z/1/2/", "z/1/2/3/4");
    awaitNames("nothing/");
  }

  @Test
  void more_blobs_than_fit_a_page_are_listed() throws Exception {
    int threads = 8;
    together(
        threads,
        thread -> {
          for (int i = thread; i < manyNames(); i += threads) {
            store.put(String.format("blobs/%02x/%05d", i % 7, i), Source.of(bytes("" + i)));
          }
          return thread;
        });
    store.put("blobz/other", Source.of(bytes("other")));

    String[] expected =
        IntStream.range(0, manyNames())
            .mapToObj(i -> String.format("blobs/%02x/%05d", i % 7, i))
            .sorted()
            .toArray(String[]::new);
    awaitNames("blobs/", expected);
  }

  @Test
  void a_blob_that_is_deleted_is_gone_and_deleting_it_again_does_nothing() {
    store.put("a/gone", Source.of(bytes("gone")));
    store.put("a/stays", Source.of(bytes("stays")));

    store.delete("a/gone");
    store.delete("a/gone");
    store.delete("never/was");

    assertThat(store.stat("a/gone")).isNull();
    assertThatThrownBy(() -> store.read("a/gone")).hasMessageStartingWith("TM-8102: ");
    awaitNames("", "a/stays");
    store.delete("a/stays");
    awaitNames("");
    store.put("a/gone", Source.of(bytes("back")));
    assertThat(store.read("a/gone")).isEqualTo(bytes("back"));
  }

  @Test
  void directories_may_come_and_go_under_the_writers() throws Exception {
    together(
        4,
        thread -> {
          for (int i = 0; i < 25; i++) {
            String name = "churn/deep/" + thread;
            store.put(name, Source.of(bytes("" + i)));
            assertThat(store.read(name)).isEqualTo(bytes("" + i));
            store.delete(name);
            assertThat(store.putIfAbsent(name, bytes("if absent"))).isTrue();
            store.delete(name);
          }
          return thread;
        });

    awaitNames("");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/",
        "/etc/passwd",
        "a/",
        "a//b",
        "..",
        "../a",
        "a/../b",
        "a/..",
        ".",
        "./a",
        ".tmp/a",
        "a/.hidden",
        "a b",
        "a\\b",
        "a\nb",
        "ä",
        "a:b",
        "a*",
        "%2e%2e/a",
        "a\0"
      })
  void names_that_are_more_than_a_name_are_refused(String name) {
    assertThatThrownBy(() -> store.put(name, Source.of(bytes("x"))))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.putIfAbsent(name, bytes("x")))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.open(name, 0)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.stat(name)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> store.delete(name)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "/", "../", "a/../", "a//", ".tmp/"})
  void prefixes_that_are_no_directories_are_refused(String prefix) {
    assertThatThrownBy(() -> store.list(prefix)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void bytes_that_the_caller_changes_afterwards_change_no_blob() {
    byte[] mine = bytes("original");
    assertThat(store.putIfAbsent("copied", mine)).isTrue();
    mine[0] = 'X';

    assertThat(store.read("copied")).isEqualTo(bytes("original"));
  }

  @Test
  void it_is_closed_more_than_once() {
    assertThatCode(
            () -> {
              store.close();
              store.close();
            })
        .doesNotThrowAnyException();
  }

  /** The names below a prefix; a list may be late. */
  protected final void awaitNames(String prefix, String... expected) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    List<String> found;
    do {
      found = store.list(prefix).stream().map(Stat::name).toList();
    } while (!found.equals(List.of(expected)) && System.nanoTime() < deadline);
    assertThat(found).containsExactly(expected);
  }

  /** Something that a thread does. */
  private interface Work<T> {
    T run(int thread) throws Exception;
  }

  private static <T> List<T> together(int threads, Work<T> work) throws Exception {
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Callable<T>> calls = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        int thread = i;
        calls.add(() -> work.run(thread));
      }
      List<T> results = new ArrayList<>();
      for (Future<T> result : executor.invokeAll(calls)) {
        results.add(result.get());
      }
      return results;
    } finally {
      executor.shutdownNow();
    }
  }

  /** Bytes of which only the first half can be read. */
  protected static Source failing(int size, IOException failure) {
    return new Source() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public InputStream open() {
        return new InputStream() {
          private int left = size / 2;

          @Override
          public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0];
          }

          @Override
          public int read(byte[] target, int offset, int length) throws IOException {
            if (left == 0) {
              throw failure;
            }
            int read = Math.min(left, length);
            left -= read;
            return read;
          }
        };
      }
    };
  }

  protected static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  protected static byte[] random(long seed, int size) {
    byte[] bytes = new byte[size];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  private static byte[] filled(int value, int size) {
    byte[] bytes = new byte[size];
    Arrays.fill(bytes, (byte) value);
    return bytes;
  }
}
