package io.tidemark.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.AsyncStreamTask;
import io.tidemark.api.Config;
import io.tidemark.api.Context;
import io.tidemark.api.Entry;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.ReadOnlyKeyValueStore;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCallback;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.testing.TaskTester.Sent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Stores that streams feed, as tasks see them in a tester. */
@Timeout(60)
class FedStoreTest {
  private static final SystemStream OUT = new SystemStream("memory", "out");

  private final List<String> seenInInit = new ArrayList<>();

  /** Sends the price of each article that is ordered. */
  private class Pricing implements StreamTask, InitableTask {
    ReadOnlyKeyValueStore<String, Long> prices;

    @Override
    public void init(Context context) {
      prices = context.getTaskContext().getStore("prices");
      seenInInit.add(keys(prices.all()).toString());
      assertThat(context.getTaskContext().getSystemStreamPartitions())
          .extracting(partition -> partition.getStream())
          .containsExactly("orders");
    }

    @Override
    public void process(
        IncomingMessageEnvelope order, MessageCollector collector, TaskCoordinator coordinator) {
      String article = (String) order.getKey();
      collector.send(new OutgoingMessageEnvelope(OUT, article, prices.get(article)));
    }
  }

  private static Config config(String mode, String... more) {
    Map<String, String> entries = new HashMap<>();
    entries.put("job.name", "pricing");
    entries.put("task.inputs", "memory.orders");
    entries.put("systems.memory.factory", "memory");
    entries.put("systems.memory.key.serde", "string");
    entries.put("systems.memory.msg.serde", "string");
    entries.put("streams.out.msg.serde", "long");
    entries.put("stores.prices.factory", "memory");
    entries.put("stores.prices.key.serde", "string");
    entries.put("stores.prices.msg.serde", "long");
    entries.put("stores.prices.source", "memory.prices");
    entries.put("stores.prices.source.mode", mode);
    for (int i = 0; i < more.length; i += 2) {
      entries.put(more[i], more[i + 1]);
    }
    return Config.of(entries);
  }

  private TaskTester tester(String mode, String... more) {
    return TaskTester.of(config(mode, more), Pricing::new);
  }

  private static List<String> keys(KeyValueIterator<String, Long> entries) {
    List<String> keys = new ArrayList<>();
    try (entries) {
      entries.forEachRemaining(entry -> keys.add(entry.key()));
    }
    return keys;
  }

  @ParameterizedTest
  @ValueSource(strings = {"partition", "broadcast"})
  void the_store_has_what_its_source_held_before_anything_is_processed_or_initialised(String mode) {
    try (TaskTester tester = tester(mode)) {
      tester.send("orders", "anchor", "1");
      tester.send("prices", "rope", 7L);
      for (long price = 0; price < 3000; price++) {
        tester.send("prices", "anchor", price);
      }
      tester.commit();
      assertThat(tester.output("out")).containsExactly(Sent.of("anchor", 2999L));
      assertThat(seenInInit).containsExactly("[anchor, rope]");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"partition", "broadcast"})
  void it_is_kept_up_to_date_before_the_next_record_of_an_input(String mode) {
    try (TaskTester tester = tester(mode)) {
      tester.send("prices", "anchor", 90L);
      tester.process();
      tester.send("orders", "anchor", "1");
      for (long price = 0; price < 3000; price++) {
        tester.send("prices", "rope", price);
      }
      tester.send("prices", "anchor", null);
      tester.send("orders", "rope", "1");
      tester.commit();
      assertThat(tester.output("out"))
          .containsExactly(Sent.of("anchor", null), Sent.of("rope", 2999L));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"partition", "broadcast"})
  void all_ways_to_read_agree_and_are_in_order(String mode) {
    try (TaskTester tester = tester(mode)) {
      List.of("ab", "b", "aa", "c", "abc").forEach(key -> tester.send("prices", key, 1L));
      ReadOnlyKeyValueStore<String, Long> prices = tester.store("prices");
      assertThat(keys(prices.all())).containsExactly("aa", "ab", "abc", "b", "c");
      assertThat(keys(prices.reverseAll())).containsExactly("c", "b", "abc", "ab", "aa");
      assertThat(keys(prices.range("ab", "c"))).containsExactly("ab", "abc", "b");
      assertThat(keys(prices.reverseRange("ab", "c"))).containsExactly("b", "abc", "ab");
      assertThat(keys(prices.prefix(new byte[] {'a', 'b'}))).containsExactly("ab", "abc");
      assertThat(prices.getAll(List.of("c", "x", "aa"))).containsOnlyKeys("c", "aa");
      assertThat(prices.approximateEntries()).isEqualTo(5);
      assertThat(prices.get("x")).isNull();
      assertThatThrownBy(() -> prices.range("c", "a"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("prices");
      assertThatThrownBy(() -> prices.get(null))
          .isInstanceOf(NullPointerException.class)
          .hasMessageContaining("prices");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"partition", "broadcast"})
  void every_way_to_write_is_refused_with_the_store_and_its_source_named(String mode) {
    try (TaskTester tester = tester(mode)) {
      tester.send("prices", "anchor", 90L);
      KeyValueStore<String, Long> prices = tester.store("prices");
      List<Runnable> writes =
          List.of(
              () -> prices.put("anchor", 1L),
              () -> prices.put("anchor", 1L, Duration.ofDays(1)),
              () -> prices.putAll(List.of(new Entry<>("anchor", 1L))),
              () -> prices.putIfAbsent("rope", 1L),
              () -> prices.compute("anchor", before -> null),
              () -> prices.merge("anchor", 1L, Long::sum),
              () -> prices.delete("anchor"),
              () -> prices.deleteAll(List.of("anchor")));
      assertThat(writes)
          .allSatisfy(
              write ->
                  assertThatThrownBy(write::run)
                      .isInstanceOf(UnsupportedOperationException.class)
                      .hasMessageContaining("prices")
                      .hasMessageContaining("memory.prices"));
      assertThat(prices.get("anchor")).isEqualTo(90L);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"partition", "broadcast"})
  void iterators_left_open_end_with_the_call(String mode) {
    List<KeyValueIterator<String, Long>> left = new ArrayList<>();
    Supplier<StreamTask> task =
        () ->
            new Pricing() {
              @Override
              public void process(
                  IncomingMessageEnvelope order,
                  MessageCollector collector,
                  TaskCoordinator coordinator) {
                left.add(prices.all());
              }
            };
    try (TaskTester tester = TaskTester.of(config(mode), task)) {
      tester.send("prices", "anchor", 1L);
      tester.send("orders", "anchor", "1");
      tester.process();
      assertThatThrownBy(() -> left.get(0).hasNext())
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("prices");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"partition", "broadcast"})
  void a_restart_catches_up_first_whatever_was_lost(String mode) {
    try (TaskTester tester = tester(mode)) {
      tester.send("prices", "anchor", 1L);
      tester.commit();
      tester.send("prices", "anchor", 2L);
      tester.process();
      tester.kill();
      tester.send("orders", "anchor", "1");
      tester.send("prices", "anchor", 3L);
      tester.commit();
      tester.killAndLoseState();
      tester.send("orders", "anchor", "2");
      tester.commit();
      tester.stop();
      tester.send("orders", "anchor", "3");
      tester.commit();
      assertThat(tester.output("out"))
          .containsExactly(Sent.of("anchor", 3L), Sent.of("anchor", 3L), Sent.of("anchor", 3L));
    }
  }

  @Test
  void each_task_has_its_own_partition_or_all_of_the_source() {
    for (String mode : List.of("partition", "broadcast")) {
      try (TaskTester tester =
          new TaskTester.Builder(config(mode), Pricing::new).partitions(4).build()) {
        for (int i = 0; i < 100; i++) {
          tester.send("prices", "article " + i, (long) i);
        }
        List<String> all = new ArrayList<>();
        for (int partition = 0; partition < 4; partition++) {
          List<String> own =
              keys(tester.<KeyValueStore<String, Long>>store("prices", partition).all());
          assertThat(own).hasSizeBetween(1, mode.equals("broadcast") ? 100 : 99);
          all.addAll(own);
        }
        assertThat(all).hasSize(mode.equals("broadcast") ? 400 : 100);
      }
    }
  }

  @Test
  void a_bad_record_fails_the_task_as_that_of_any_input_does() {
    try (TaskTester tester = tester("partition")) {
      tester.sendBytes("prices", new byte[] {'a'}, new byte[] {1, 2, 3});
      assertThatThrownBy(tester::process)
          .hasMessageContaining("TM-4001")
          .hasMessageContaining("prices");
    }
    try (TaskTester tester = tester("broadcast")) {
      tester.sendBytes("prices", null, new byte[8]);
      assertThatThrownBy(tester::process)
          .hasMessageContaining("TM-2021")
          .hasMessageContaining("prices");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"partition", "broadcast"})
  void bad_records_may_be_skipped(String mode) {
    try (TaskTester tester = tester(mode, "streams.prices.on.error", "skip")) {
      tester.send("prices", "anchor", 1L);
      tester.sendBytes("prices", "anchor".getBytes(), new byte[] {1, 2, 3});
      tester.sendBytes("prices", null, new byte[8]);
      tester.send("prices", "rope", 2L);
      tester.send("orders", "anchor", "1");
      tester.send("orders", "rope", "1");
      tester.commit();
      assertThat(tester.output("out")).containsExactly(Sent.of("anchor", 1L), Sent.of("rope", 2L));
    }
  }

  @Test
  void bad_records_of_a_partition_may_go_to_a_dead_letter_stream() {
    try (TaskTester tester = tester("partition", "streams.prices.on.error", "dead-letter")) {
      tester.sendBytes("prices", "anchor".getBytes(), "dear".getBytes());
      tester.send("prices", "rope", 2L);
      tester.commit();
      assertThat(tester.output("prices-rejected")).containsExactly(Sent.of("anchor", "dear"));
      assertThat(keys(tester.<KeyValueStore<String, Long>>store("prices").all()))
          .containsExactly("rope");
    }
  }

  @Test
  void time_to_live_counts_from_arrival() {
    try (TaskTester tester = tester("partition", "stores.prices.ttl.ms", "1000")) {
      tester.send("prices", "anchor", 1L);
      tester.process();
      tester.advance(Duration.ofMillis(999));
      assertThat(tester.<KeyValueStore<String, Long>>store("prices").get("anchor")).isEqualTo(1L);
      tester.advance(Duration.ofMillis(1));
      assertThat(tester.<KeyValueStore<String, Long>>store("prices").get("anchor")).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"partition", "broadcast"})
  void asynchronous_tasks_have_them_too(String mode) {
    class Asynchronous extends Pricing implements AsyncStreamTask {
      @Override
      public void processAsync(
          IncomingMessageEnvelope order,
          MessageCollector collector,
          TaskCoordinator coordinator,
          TaskCallback callback) {
        process(order, collector, coordinator);
        callback.complete();
      }
    }
    try (TaskTester tester = TaskTester.of(config(mode), Asynchronous::new)) {
      tester.send("orders", "anchor", "1");
      tester.send("prices", "anchor", 1L);
      tester.commit();
      tester.send("orders", "anchor", "1");
      tester.send("prices", "anchor", 2L);
      tester.commit();
      assertThat(tester.output("out"))
          .containsExactly(Sent.of("anchor", 1L), Sent.of("anchor", 2L));
    }
  }
}
