package io.tidemark.state;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.BytesSerde;
import io.tidemark.api.StateException;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockBuilder;
import io.tidemark.journal.BlockEncoder;
import io.tidemark.state.CommittedState.Answer;
import io.tidemark.state.CommittedState.Key;
import io.tidemark.state.CommittedState.Value;
import io.tidemark.state.EngineReader.Direction;
import io.tidemark.state.TaskState.HoldingLimits;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class CommittedStateTest {
  private static final int ALL = Integer.MAX_VALUE;
  private static final Slots SLOTS = new Slots(256, 2, 1);

  @TempDir Path root;

  private final BlockBuilder builder = new BlockBuilder();
  private final BlockEncoder encoder = new BlockEncoder(1 << 20);
  private final LateApplier late = new LateApplier();
  private long commits;

  private StateUnderTest open(HoldingLimits limits) {
    return new StateUnderTest(
        root,
        1 << 20,
        List.of(
            StateUnderTest.spec("s", new BytesSerde(), new BytesSerde(), null, true),
            StateUnderTest.spec("whole", new BytesSerde(), new BytesSerde(), null, false)),
        limits,
        late,
        OpenOnly::new);
  }

  /** Commits changes of a store; null values remove. */
  private void commit(StateUnderTest tested, String store, Map<String, byte @Nullable []> changes) {
    builder.begin(++commits, 1, 0, "writer", new UUID(1, 2));
    builder.beginStore(store, changes.size());
    changes.forEach(
        (key, value) -> {
          byte[] bytes = key.getBytes(UTF_8);
          int slot = store.equals("whole") ? Slots.TASK_SLOT : SLOTS.of(bytes);
          builder.change(Slots.engineKey(slot, bytes), value);
        });
    builder.endStore();
    Block block = builder.build(encoder).block();
    tested.confirm(block);
  }

  private static byte[] stored(long value) {
    return StoredValue.of(0, StoredValue.NEVER, number(value));
  }

  private static byte[] number(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }

  private static @Nullable Long number(@Nullable Value value) {
    return value == null ? null : ByteBuffer.wrap(value.payload()).getLong();
  }

  private static Answer getAll(StateUnderTest tested, String store, String... keys) {
    List<Key> wanted = new ArrayList<>();
    for (String key : keys) {
      wanted.add(new Key(key.getBytes(UTF_8), key.getBytes(UTF_8)));
    }
    return tested.state.committedState().getAll(store, wanted, 0);
  }

  private static List<@Nullable Long> values(Answer answer) {
    return new ArrayList<>(answer.values().stream().map(CommittedStateTest::number).toList());
  }

  private static Map<String, Long> entries(CommittedRange range) {
    Map<String, Long> entries = new LinkedHashMap<>();
    for (List<CommittedRange.Entry> some = range.next(7, 100); !some.isEmpty(); ) {
      some.forEach(entry -> entries.put(new String(entry.key(), UTF_8), number(entry.value())));
      some = range.next(7, 100);
    }
    return entries;
  }

  private static KeyRange keys(String from, @Nullable String to) {
    return new KeyRange(from.getBytes(UTF_8), to == null ? null : to.getBytes(UTF_8));
  }

  @Test
  void whatIsConfirmedIsSeenAtOnceAndWhatIsNotIsNot() {
    try (StateUnderTest tested = open(StateUnderTest.NEVER_BY_ITSELF)) {
      late.open();
      assertThat(getAll(tested, "s", "a")).isEqualTo(new Answer(0, listOfNull()));
      commit(tested, "s", Map.of("a", stored(1)));
      assertThat(values(getAll(tested, "s", "a"))).containsExactly(1L);
      tested.state.applyAll();
      assertThat(values(getAll(tested, "s", "a", "b"))).containsExactly(1L, null);
      assertThat(getAll(tested, "s", "a").commit()).isEqualTo(1);
      builder.begin(2, 1, 0, "writer", new UUID(1, 2)).beginStore("s", 1);
      builder.change(
          Slots.engineKey(SLOTS.of("a".getBytes(UTF_8)), "a".getBytes(UTF_8)), stored(2));
      builder.endStore();
      Block underWay = builder.build(encoder).block();
      assertThat(values(getAll(tested, "s", "a"))).containsExactly(1L);
      tested.confirm(underWay);
      assertThat(values(getAll(tested, "s", "a"))).containsExactly(2L);
    }
  }

  private static List<@Nullable Value> listOfNull() {
    List<@Nullable Value> values = new ArrayList<>();
    values.add(null);
    return values;
  }

  @Test
  void anEntryIsGoneFromTheMillisecondInWhichItExpires() {
    try (StateUnderTest tested = open(StateUnderTest.NEVER_BY_ITSELF)) {
      late.open();
      byte[] key = "k".getBytes(UTF_8);
      commit(tested, "s", Map.of("k", StoredValue.of(3, 1000, number(7))));
      for (int round = 0; round < 2; round++) {
        CommittedState state = tested.state.committedState();
        Value before = state.getAll("s", List.of(new Key(key, key)), 999).values().get(0);
        assertThat(before.expires()).isEqualTo(1000);
        assertThat(before.schema()).isEqualTo(3);
        assertThat(number(before)).isEqualTo(7);
        assertThat(state.getAll("s", List.of(new Key(key, key)), 1000).values().get(0)).isNull();
        for (long now : new long[] {999, 1000}) {
          try (CommittedRange range = state.range("s", KeyRange.ALL, Direction.FORWARD, now)) {
            assertThat(entries(range)).hasSize(now < 1000 ? 1 : 0);
          }
        }
        tested.state.applyAll(); // and again, from the engine
      }
    }
  }

  @Test
  void aStoreThatIsOneWholeIsReadToo() {
    try (StateUnderTest tested = open(StateUnderTest.NEVER_BY_ITSELF)) {
      late.open();
      commit(tested, "whole", Map.of("a", stored(1), "b", stored(2)));
      tested.state.applyAll();
      commit(tested, "whole", Map.of("b", stored(3), "c", stored(4)));
      assertThat(values(getAll(tested, "whole", "a", "b", "c"))).containsExactly(1L, 3L, 4L);
      try (CommittedRange range =
          tested.state.committedState().range("whole", KeyRange.ALL, Direction.BACKWARD, 0)) {
        assertThat(entries(range)).isEqualTo(Map.of("a", 1L, "b", 3L, "c", 4L));
      }
    }
  }

  @Test
  void aRangeStaysAtItsCommitWhateverIsCommittedAndAppliedMeanwhile() {
    try (StateUnderTest tested = open(StateUnderTest.NEVER_BY_ITSELF)) {
      late.open();
      commit(tested, "s", Map.of("a", stored(1), "b", stored(1), "c", stored(1)));
      tested.state.applyAll();
      commit(tested, "s", Map.of("b", stored(2), "d", stored(2)));
      try (CommittedRange range =
          tested.state.committedState().range("s", KeyRange.ALL, Direction.FORWARD, 0)) {
        assertThat(range.commit()).isEqualTo(2);
        assertThat(range.next(1, 100)).hasSize(1);
        commit(tested, "s", Map.of("b", stored(3), "c", stored(3), "d", stored(3)));
        tested.state.applyAll();
        assertThat(entries(range)).isEqualTo(Map.of("b", 2L, "c", 1L, "d", 2L));
      }
    }
  }

  /** Random commits and applications; each answer is compared with the state at its commit. */
  @Test
  void everyAnswerIsTheStateAtTheCommitThatItNames() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<TreeMap<String, Long>> history = new ArrayList<>();
    history.add(new TreeMap<>());
    try (StateUnderTest tested = open(StateUnderTest.NEVER_BY_ITSELF)) {
      late.open();
      for (int step = 0; step < 2000; step++) {
        switch (random.nextInt(4)) {
          case 0 -> history.add(commitSome(tested, random, history.get(history.size() - 1)));
          case 1 -> {
            if (random.nextInt(8) == 0) {
              tested.state.applyAll();
            }
          }
          case 2 -> {
            String key = key(random);
            Answer answer = getAll(tested, "s", key);
            assertThat(answer.commit()).as("seed %d", seed).isEqualTo(commits);
            assertThat(number(answer.values().get(0)))
                .as("seed %d", seed)
                .isEqualTo(history.get((int) commits).get(key));
          }
          default -> compareRange(tested, random, history.get((int) commits), "seed " + seed);
        }
      }
    }
  }

  private static String key(Random random) {
    return "key-" + random.nextInt(60);
  }

  private TreeMap<String, Long> commitSome(
      StateUnderTest tested, Random random, TreeMap<String, Long> before) {
    Map<String, byte @Nullable []> changes = new TreeMap<>();
    TreeMap<String, Long> after = new TreeMap<>(before);
    for (int i = random.nextInt(10); i >= 0; i--) {
      String key = key(random);
      if (random.nextInt(3) == 0) {
        changes.put(key, null);
        after.remove(key);
      } else {
        long value = random.nextLong();
        changes.put(key, stored(value));
        after.put(key, value);
      }
    }
    commit(tested, "s", changes);
    return after;
  }

  private static void compareRange(
      StateUnderTest tested, Random random, TreeMap<String, Long> model, String seed) {
    String from = key(random);
    String to = random.nextBoolean() ? key(random) : null;
    boolean backward = random.nextBoolean();
    Map<String, Long> expected =
        to == null
            ? model.tailMap(from)
            : from.compareTo(to) < 0 ? model.subMap(from, to) : Map.of();
    List<String> keys = new ArrayList<>(expected.keySet());
    if (backward) {
      Collections.reverse(keys);
    }
    try (CommittedRange range =
        tested
            .state
            .committedState()
            .range("s", keys(from, to), backward ? Direction.BACKWARD : Direction.FORWARD, 0)) {
      Map<String, Long> found = entries(range);
      assertThat(found).as(seed).isEqualTo(expected);
      assertThat(List.copyOf(found.keySet())).as(seed).isEqualTo(keys);
    }
  }

  /**
   * One thread commits the next number under all keys, another applies at the same time, and others
   * read: a number may not go back, and must be that of the commit named.
   */
  @Test
  void readersNeverGoBackInTimeNorSeeHalfACommit() throws Exception {
    HoldingLimits quick = new HoldingLimits(200, 0, 2000);
    late.open();
    ExecutorService threads = Executors.newFixedThreadPool(4);
    AtomicBoolean stop = new AtomicBoolean();
    AtomicLong reads = new AtomicLong();
    try (StateUnderTest tested = open(quick)) {
      commit(tested, "s", Map.of("a", stored(1), "b", stored(1), "c", stored(1)));
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        readers.add(threads.submit(() -> watchKeys(tested, stop, reads)));
        readers.add(threads.submit(() -> watchRange(tested, stop, reads)));
      }
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
      while ((commits < 20_000 || reads.get() < 20_000) && System.nanoTime() < deadline) {
        long next = commits + 1;
        commit(tested, "s", Map.of("a", stored(next), "b", stored(next), "c", stored(next)));
        tested.state.maintain();
        if (readers.stream().anyMatch(Future::isDone)) {
          break; // it failed
        }
      }
      stop.set(true);
      for (Future<?> reader : readers) {
        reader.get(10, TimeUnit.SECONDS);
      }
      assertThat(tested.state.appliedCommit()).as("it was applied meanwhile").isGreaterThan(100);
    } finally {
      threads.shutdownNow();
    }
  }

  private static void watchKeys(StateUnderTest tested, AtomicBoolean stop, AtomicLong reads) {
    long last = 0;
    while (!stop.get()) {
      Answer answer = getAll(tested, "s", "a", "b", "absent", "c");
      long commit = answer.commit();
      assertThat(commit).isGreaterThanOrEqualTo(last);
      assertThat(values(answer)).containsExactly(commit, commit, null, commit);
      last = commit;
      reads.incrementAndGet();
    }
  }

  private static void watchRange(StateUnderTest tested, AtomicBoolean stop, AtomicLong reads) {
    long last = 0;
    while (!stop.get()) {
      try (CommittedRange range =
          tested.state.committedState().range("s", keys("a", "c"), Direction.BACKWARD, 0)) {
        long commit = range.commit();
        assertThat(commit).isGreaterThanOrEqualTo(last);
        assertThat(entries(range)).isEqualTo(Map.of("a", commit, "b", commit));
        last = commit;
        reads.incrementAndGet();
      }
    }
  }

  @Test
  void aTaskThatClosesWaitsForReadsAndRefusesWhatComesLater() throws Exception {
    late.open();
    ExecutorService threads = Executors.newFixedThreadPool(3);
    CountDownLatch reading = new CountDownLatch(300);
    StateUnderTest tested = open(StateUnderTest.NEVER_BY_ITSELF);
    try {
      commit(tested, "s", Map.of("a", stored(1), "b", stored(1), "c", stored(1)));
      tested.state.applyAll();
      List<Future<?>> readers = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        readers.add(threads.submit(() -> readUntilClosed(tested, reading)));
      }
      assertThat(reading.await(20, TimeUnit.SECONDS)).isTrue();
      CommittedRange left =
          tested.state.committedState().range("s", KeyRange.ALL, Direction.FORWARD, 0);
      tested.close();
      for (Future<?> reader : readers) {
        reader.get(10, TimeUnit.SECONDS); // OpenOnly fails whoever reads a closed engine
      }
      assertThatThrownBy(() -> left.next(ALL, ALL)).hasMessageContaining("TM-7001");
      left.close();
    } finally {
      threads.shutdownNow();
      tested.close();
    }
  }

  private static void readUntilClosed(StateUnderTest tested, CountDownLatch reading) {
    try {
      while (true) {
        assertThat(values(getAll(tested, "s", "a", "c"))).containsExactly(1L, 1L);
        try (CommittedRange range =
            tested.state.committedState().range("s", KeyRange.ALL, Direction.FORWARD, 0)) {
          assertThat(entries(range)).hasSize(3);
        }
        reading.countDown();
        LockSupport.parkNanos(1000);
      }
    } catch (StateException e) {
      assertThat(e.code()).isEqualTo(CommittedState.CLOSED);
    }
  }

  @Test
  void theRangesOfBoundsAndPrefixIsTheirIntersection() {
    KeyRange prefix = KeyRange.prefix(new byte[] {1, (byte) 0xff});
    assertThat(prefix.to()).containsExactly(2);
    KeyRange both = prefix.and(new KeyRange(new byte[] {0}, new byte[] {1, (byte) 0xff, 5}));
    assertThat(both.from()).containsExactly(1, 0xff);
    assertThat(both.to()).containsExactly(1, 0xff, 5);
    assertThat(prefix.and(new KeyRange(new byte[] {3}, null)).isEmpty()).isTrue();
    assertThat(KeyRange.ALL.and(KeyRange.ALL).isEmpty()).isFalse();
  }
}
