package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tidemark.api.BytesSerde;
import io.tidemark.api.Entry;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.LongSerde;
import io.tidemark.api.Serde;
import io.tidemark.api.StateException;
import io.tidemark.api.StringSerde;
import io.tidemark.api.TidemarkException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TaskStoreTest {
  @TempDir Path root;

  private @Nullable StateUnderTest opened;

  @AfterEach
  void close() {
    if (opened != null) {
      opened.close();
    }
  }

  private <K, V> KeyValueStore<K, V> open(Serde<K> keys, Serde<V> values, long cacheBytes) {
    StoreSpec spec = StateUnderTest.spec("totals", keys, values, null, true);
    opened =
        new StateUnderTest(
            root, cacheBytes, List.of(spec), StateUnderTest.NEVER_BY_ITSELF, Runnable::run);
    return opened.store("totals");
  }

  private KeyValueStore<String, String> strings() {
    return open(new StringSerde(), new StringSerde(), 1000);
  }

  @Test
  void aWriteIsReadBeforeAndAfterItsCommit() {
    KeyValueStore<String, String> store = strings();
    store.put("a", "1");
    assertThat(store.get("a")).isEqualTo("1");
    opened.commit();
    assertThat(store.get("a")).isEqualTo("1");
    opened.state.drain();
    assertThat(store.get("a")).isEqualTo("1");
    store.delete("a");
    assertThat(store.get("a")).isNull();
    opened.commit();
    opened.state.drain();
    assertThat(store.get("a")).isNull();
  }

  @Test
  void aKeyIsWrittenOnceABlockHoweverOftenItChanged() {
    KeyValueStore<String, String> store = strings();
    for (int i = 0; i < 100; i++) {
      store.put("a", "" + i);
    }
    assertThat(opened.build().stores()).singleElement().returns(1, changes -> changes.count());
    assertThat(opened.build().stores()).isEmpty();
  }

  @Test
  void getAllHasOnlyTheKeysThatHaveValues() {
    KeyValueStore<String, String> store = strings();
    store.putAll(List.of(new Entry<>("a", "1"), new Entry<>("c", "3")));
    assertThat(store.getAll(List.of("c", "b", "a"))).isEqualTo(Map.of("a", "1", "c", "3"));
    store.deleteAll(List.of("a", "b"));
    assertThat(store.getAll(List.of("c", "b", "a"))).isEqualTo(Map.of("c", "3"));
  }

  @Test
  void rangesIncludeTheirBeginningAndExcludeTheirEnd() {
    KeyValueStore<String, String> store = strings();
    List.of("a", "b", "ba", "c").forEach(key -> store.put(key, key));
    assertThat(keys(store.range("a", "c"))).containsExactly("a", "b", "ba");
    assertThat(keys(store.range("b", "b"))).isEmpty();
    assertThat(keys(store.prefix("b".getBytes(StandardCharsets.UTF_8)))).containsExactly("b", "ba");
    assertThat(keys(store.prefix(new byte[0]))).containsExactly("a", "b", "ba", "c");
    assertThat(keys(store.all())).containsExactly("a", "b", "ba", "c");
  }

  @Test
  void aPrefixOfHighestBytesHasNoEnd() {
    KeyValueStore<byte[], String> store = open(new BytesSerde(), new StringSerde(), 0);
    byte[] low = {(byte) 0xfe};
    byte[] high = {(byte) 0xff, (byte) 0xff, 3};
    store.put(low, "low");
    store.put(high, "high");
    for (int i = 0; i < 2; i++) {
      try (var found = store.prefix(new byte[] {(byte) 0xff, (byte) 0xff})) {
        assertThat(found.next().value()).isEqualTo("high");
        assertThat(found.hasNext()).isFalse();
      }
      opened.commit();
      opened.state.drain(); // and again from the engine
    }
  }

  @Test
  void entriesOfAllSlotsComeInTheOrderOfKeys() {
    KeyValueStore<Long, String> store = open(new LongSerde(), new StringSerde(), 0);
    List<Long> expected = new ArrayList<>();
    for (long key = 0; key < 500; key++) {
      store.put(key, "" + key);
      expected.add(key);
      if (key % 100 == 0) {
        opened.commit();
        opened.state.drain();
      }
    }
    assertThat(keys(store.all())).isEqualTo(expected);
    assertThat(keys(store.range(100L, 200L))).isEqualTo(expected.subList(100, 200));
  }

  @Test
  void aKeyGivenAsBytesIsFoundByItsContents() {
    KeyValueStore<byte[], String> store = open(new BytesSerde(), new StringSerde(), 1000);
    store.put(new byte[] {1, 2}, "here");
    assertThat(store.get(new byte[] {1, 2})).isEqualTo("here");
  }

  @Test
  void nullsAreRefusedWithTheStoreNamed() {
    KeyValueStore<String, String> store = strings();
    assertNull(() -> store.get(null));
    assertNull(() -> store.put(null, "1"));
    assertNull(() -> store.put("a", null));
    assertNull(() -> store.delete(null));
    assertNull(() -> store.range(null, "a"));
    assertNull(() -> store.range("a", null));
    assertNull(() -> store.getAll(Arrays.asList("a", null)));
    assertThatNullPointerException().isThrownBy(() -> store.prefix(null));
    assertThat(opened.state.isDirty()).isFalse();
  }

  private static void assertNull(ThrowingCallable call) {
    assertThatNullPointerException().isThrownBy(call).withMessageContaining("store totals");
  }

  @Test
  void aReversedRangeIsRefused() {
    KeyValueStore<String, String> store = strings();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> store.range("b", "a"))
        .withMessageContaining("totals")
        .withMessageContaining("b to a");
  }

  @Test
  void aClosedIteratorIsOfNoUse() {
    KeyValueStore<String, String> store = strings();
    store.put("a", "1");
    KeyValueIterator<String, String> all = store.all();
    all.close();
    all.close();
    assertThatIllegalStateException().isThrownBy(all::hasNext).withMessageContaining("totals");
    assertThatIllegalStateException().isThrownBy(all::next);
  }

  @Test
  void iteratorsLeftOpenAreClosedAtTheEndOfTheCall() {
    KeyValueStore<String, String> store = strings();
    store.put("a", "1");
    KeyValueIterator<String, String> left = store.all();
    store.prefix(new byte[0]);
    opened.state.closeIterators();
    assertThatIllegalStateException()
        .isThrownBy(left::next)
        .withMessageContaining("after the call of process or window");
  }

  @Test
  void anIteratorAtItsEndSaysSo() {
    KeyValueStore<String, String> store = strings();
    try (var all = store.all()) {
      assertThat(all.hasNext()).isFalse();
      assertThatThrownBy(all::next)
          .isInstanceOf(NoSuchElementException.class)
          .hasMessageContaining("totals");
    }
  }

  @Test
  void anotherThreadMayNotCallAStore() {
    AtomicInteger serialized = new AtomicInteger();
    Serde<String> keys = counting(serialized);
    KeyValueStore<String, String> store = open(keys, new StringSerde(), 1000);
    store.put("a", "1");
    KeyValueIterator<String, String> all = store.all();
    serialized.set(0);
    List<ThrowingCallable> calls =
        List.of(
            () -> store.get("a"),
            () -> store.getAll(List.of("a")),
            () -> store.put("a", "2"),
            () -> store.putAll(List.of(new Entry<>("a", "2"))),
            () -> store.delete("a"),
            () -> store.deleteAll(List.of("a")),
            () -> store.range("a", "b"),
            () -> store.prefix(new byte[0]),
            store::all,
            all::hasNext,
            all::next);
    for (ThrowingCallable call : calls) {
      assertThat(onThread("intruder", call))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("totals")
          .hasMessageContaining("main-1")
          .hasMessageContaining("intruder");
    }
    assertThat(serialized).as("calls of the serde").hasValue(0);
    assertThat(store.get("a")).isEqualTo("1");
  }

  /** Keys as strings; counts what it is asked to write. */
  private static Serde<String> counting(AtomicInteger serialized) {
    return new Serde<>() {
      @Override
      public byte @Nullable [] toBytes(@Nullable String object) {
        serialized.incrementAndGet();
        return new StringSerde().toBytes(object);
      }

      @Override
      public @Nullable String fromBytes(byte @Nullable [] bytes) {
        return new StringSerde().fromBytes(bytes);
      }
    };
  }

  private static @Nullable Throwable onThread(String name, ThrowingCallable call) {
    AtomicReference<@Nullable Throwable> thrown = new AtomicReference<>();
    Thread thread = new Thread(() -> thrown.set(catchThrowable(call)), name);
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return thrown.get();
  }

  @Test
  void aValueThatCannotBeReadNamesStoreTaskAndKeyWhoeverReadsIt() {
    KeyValueStore<String, Object> store = open(new StringSerde(), longsThatTakeStrings(), 0);
    store.put("alice", "no long");
    opened.commit();
    opened.state.drain();
    store.get("another"); // makes room
    assertUnreadable(() -> store.get("alice"));
    assertUnreadable(() -> keys(store.all()));
    assertUnreadable(() -> keys(store.prefix(new byte[0])));
  }

  private static void assertUnreadable(ThrowingCallable read) {
    assertThatThrownBy(read)
        .isInstanceOf(StateException.class)
        .hasMessageContaining("store totals of task main-1: the value of key alice")
        .asInstanceOf(InstanceOfAssertFactories.type(TidemarkException.class))
        .returns("TM-3011", TidemarkException::code);
  }

  /** Writes strings, and reads longs: as if the serde had been changed. */
  private static Serde<Object> longsThatTakeStrings() {
    return new Serde<>() {
      @Override
      public byte @Nullable [] toBytes(@Nullable Object object) {
        return new StringSerde().toBytes((String) object);
      }

      @Override
      public @Nullable Object fromBytes(byte @Nullable [] bytes) {
        return new LongSerde().fromBytes(bytes);
      }
    };
  }

  @Test
  void aKeyThatCannotBeReadNamesStoreAndTask() {
    Serde<Object> keys = longsThatTakeStrings();
    KeyValueStore<Object, String> store = open(keys, new StringSerde(), 0);
    store.put("no long", "1");
    opened.commit();
    opened.state.drain();
    store.get("another");
    store.get("a third");
    assertThatThrownBy(() -> keys(store.all()))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("store totals of task main-1: a key cannot be read")
        .asInstanceOf(InstanceOfAssertFactories.type(TidemarkException.class))
        .returns("TM-3011", TidemarkException::code);
  }

  @Test
  @SuppressWarnings("unchecked")
  void aValueThatCannotBeWrittenFailsItsCommitAndIsNamed() {
    KeyValueStore<String, Long> store = open(new StringSerde(), new LongSerde(), 1000);
    store.get("alice");
    ((KeyValueStore<String, Object>) (KeyValueStore<?, ?>) store).put("alice", "no long");
    assertThatThrownBy(() -> opened.build())
        .isInstanceOf(StateException.class)
        .hasMessageContaining("store totals of task main-1: the value of key alice")
        .asInstanceOf(InstanceOfAssertFactories.type(TidemarkException.class))
        .returns("TM-3012", TidemarkException::code);
  }

  @Test
  @SuppressWarnings("unchecked")
  void aValueOfAKeyNobodyReadThatCannotBeWrittenFailsItsPutAndChangesNothing() {
    KeyValueStore<String, Long> store = open(new StringSerde(), new LongSerde(), 1000);
    store.put("alice", 1L);
    opened.commit();
    assertThatThrownBy(
            () ->
                ((KeyValueStore<String, Object>) (KeyValueStore<?, ?>) store)
                    .put("alice", "no long"))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("store totals of task main-1: the value of key alice")
        .asInstanceOf(InstanceOfAssertFactories.type(TidemarkException.class))
        .returns("TM-3012", TidemarkException::code);
    assertThat(store.get("alice")).isEqualTo(1L);
  }

  private static <K> List<K> keys(KeyValueIterator<K, ?> iterator) {
    List<K> keys = new ArrayList<>();
    try (iterator) {
      iterator.forEachRemaining(entry -> keys.add(entry.key()));
    }
    return keys;
  }
}
