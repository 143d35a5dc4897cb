package io.tidemark.coordinator;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every metadata store promises. */
abstract class MetadataStoreContract {

  /** The store under test; another object for the same entries each time. */
  abstract MetadataStore open();

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(MetadataStore store, String name) {
    return new String(Objects.requireNonNull(store.get(name)).value(), UTF_8);
  }

  @Test
  void what_was_put_is_there() {
    MetadataStore store = open();
    assertThat(store.get("job")).isNull();
    long version = store.put("job", bytes("one"), 0);
    assertThat(version).isNotZero();
    assertThat(text(open(), "job")).isEqualTo("one");
    assertThat(Objects.requireNonNull(open().get("job")).version()).isEqualTo(version);
  }

  @Test
  void an_entry_changes_only_by_the_version_that_it_has() {
    MetadataStore store = open();
    long first = store.put("job", bytes("one"), 0);
    assertThat(store.put("job", bytes("two"), 0)).isZero();
    long second = store.put("job", bytes("two"), first);
    assertThat(second).isNotIn(0L, first);
    assertThat(store.put("job", bytes("three"), first)).isZero();
    assertThat(store.delete("job", first)).isFalse();
    assertThat(text(store, "job")).isEqualTo("two");
  }

  @Test
  void an_entry_that_was_deleted_and_made_again_has_another_version() {
    MetadataStore store = open();
    long first = store.put("job", bytes("one"), 0);
    assertThat(store.delete("job", first)).isTrue();
    assertThat(store.delete("job", first)).isTrue();
    assertThat(store.get("job")).isNull();
    long second = store.put("job", bytes("one"), 0);
    assertThat(second).isNotIn(0L, first);
    assertThat(store.put("job", bytes("two"), first)).isZero();
  }

  @Test
  void a_new_entry_needs_the_version_zero() {
    assertThat(open().put("job", bytes("one"), 7)).isZero();
    assertThat(open().get("job")).isNull();
  }

  @Test
  void entries_are_listed_by_prefix_and_in_order() {
    MetadataStore store = open();
    store.put("checkpoints/02", bytes("b"), 0);
    store.put("checkpoints/01", bytes("a"), 0);
    store.put("job", bytes("j"), 0);
    assertThat(store.list("checkpoints/")).containsExactly("checkpoints/01", "checkpoints/02");
    assertThat(store.list("")).containsExactly("checkpoints/01", "checkpoints/02", "job");
    assertThat(store.list("none")).isEmpty();
  }

  @Test
  void an_entry_may_be_empty_or_large() {
    MetadataStore store = open();
    long version = store.put("job", new byte[0], 0);
    assertThat(Objects.requireNonNull(store.get("job")).value()).isEmpty();
    store.put("job", new byte[1 << 20], version);
    assertThat(Objects.requireNonNull(store.get("job")).value()).hasSize(1 << 20);
  }

  @Test
  void of_writers_at_the_same_time_each_counts_once() throws Exception {
    int writers = 4;
    int times = 25;
    open().put("count", bytes("0"), 0);
    ExecutorService threads = Executors.newFixedThreadPool(writers);
    try {
      List<Callable<Object>> work = new ArrayList<>();
      for (int i = 0; i < writers; i++) {
        MetadataStore store = open();
        work.add(
            Executors.callable(
                () -> {
                  for (int n = 0; n < times; n++) {
                    increment(store);
                  }
                }));
      }
      for (Future<Object> done : threads.invokeAll(work)) {
        done.get();
      }
    } finally {
      threads.shutdownNow();
    }
    assertThat(text(open(), "count")).isEqualTo(String.valueOf(writers * times));
  }

  private static void increment(MetadataStore store) {
    long written = 0;
    while (written == 0) {
      MetadataStore.Entry entry = Objects.requireNonNull(store.get("count"));
      int count = Integer.parseInt(new String(entry.value(), UTF_8));
      written = store.put("count", bytes(String.valueOf(count + 1)), entry.version());
    }
  }
}
