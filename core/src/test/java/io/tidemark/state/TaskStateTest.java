package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.ConfigException;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.LongSerde;
import io.tidemark.api.StateException;
import io.tidemark.api.StringSerde;
import io.tidemark.journal.Block;
import io.tidemark.state.TaskState.HoldingLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TaskStateTest {
  @TempDir Path root;

  private final List<WatchedEngine> engines = new ArrayList<>();
  private final LateApplier late = new LateApplier();
  private int directories;

  @AfterEach
  void close() {
    late.close();
  }

  private StateUnderTest open(HoldingLimits limits, Executor applier, StoreSpec... specs) {
    return new StateUnderTest(
        root.resolve("" + directories++),
        1 << 30,
        List.of(specs),
        limits,
        applier,
        engine -> {
          engines.add(new WatchedEngine(engine));
          return engines.get(engines.size() - 1);
        });
  }

  private static StoreSpec longs(String name) {
    return StateUnderTest.spec(name, new StringSerde(), new LongSerde(), null, true);
  }

  private static StoreSpec longs(String name, String engine) {
    StoreSpec spec = longs(name);
    return new StoreSpec(
        name,
        engine,
        spec.keySerde(),
        spec.valueSerde(),
        null,
        true,
        CacheMode.OBJECTS,
        0,
        1 << 20,
        Map.of());
  }

  private static void put(StateUnderTest tested, String key, long value) {
    tested.<String, Long>store("s").put(key, value);
  }

  @Test
  void blocksAreAppliedTogetherWhenSoManyBytesAreHeld() {
    HoldingLimits limits = new HoldingLimits(400, Long.MAX_VALUE, Long.MAX_VALUE);
    try (StateUnderTest tested = open(limits, Runnable::run, longs("s"))) {
      int commits = 0;
      while (engines.get(0).applied.isEmpty()) {
        put(tested, "key", commits++);
        tested.commit();
        tested.state.maintain();
        assertThat(commits).isLessThan(20);
      }
      assertThat(commits).isGreaterThan(2);
      assertThat(engines.get(0).applied).containsExactly(new EngineCommit(commits, commits * 10L));
    }
  }

  @Test
  void blocksAreAppliedWhenTheOldestHasBeenHeldForSoLong() {
    HoldingLimits limits = new HoldingLimits(Long.MAX_VALUE, 2000, Long.MAX_VALUE);
    try (StateUnderTest tested = open(limits, Runnable::run, longs("s"))) {
      tested.nowMs = 500_000;
      tested.commit();
      tested.nowMs += 1999;
      tested.commit();
      tested.state.maintain();
      assertThat(engines.get(0).applied).isEmpty();
      tested.nowMs += 1;
      tested.state.maintain();
      assertThat(engines.get(0).applied).containsExactly(new EngineCommit(2, 20));
      tested.nowMs += 5000;
      tested.commit();
      tested.state.maintain();
      assertThat(engines.get(0).applied).as("the new one is young").hasSize(1);
    }
  }

  @Test
  void theWorkerWaitsWhileTooMuchIsHeld() throws InterruptedException {
    HoldingLimits limits = new HoldingLimits(100, Long.MAX_VALUE, 300);
    try (StateUnderTest tested = open(limits, late, longs("s"))) {
      Thread worker = startCommitting(tested, new AtomicInteger());
      await(() -> worker.getState() == Thread.State.WAITING);
      assertThat(late.waiting()).isEqualTo(1);
      assertThat(engines.get(0).applied).isEmpty();
      late.open();
      worker.join();
      tested.state.drain();
      assertThat(tested.state.replayFrom()).isEqualTo(new EngineCommit(8, 80));
    }
  }

  @Test
  void whatIsBeingAppliedCountsAsHeld() throws InterruptedException {
    HoldingLimits limits = new HoldingLimits(1, Long.MAX_VALUE, 200);
    AtomicInteger commits = new AtomicInteger();
    try (StateUnderTest tested = open(limits, late, longs("s"))) {
      Thread worker = startCommitting(tested, commits);
      await(() -> worker.getState() == Thread.State.WAITING);
      assertThat(commits).as("of 67 to 99 bytes each, the first of them being applied").hasValue(3);
      late.open();
      worker.join();
    }
  }

  /** Commits eight times, on another thread. */
  private Thread startCommitting(StateUnderTest tested, AtomicInteger commits) {
    Thread worker =
        new Thread(
            () -> {
              tested.state.attach();
              for (int i = 0; i < 8; i++) {
                put(tested, "key", i);
                tested.commit();
                commits.incrementAndGet();
                tested.state.maintain();
              }
            });
    worker.start();
    return worker;
  }

  @Test
  void drainingAppliesWhatIsHeldAndMakesItDurable() {
    try (StateUnderTest tested = open(StateUnderTest.NEVER_BY_ITSELF, Runnable::run, longs("s"))) {
      put(tested, "key", 1);
      tested.commit();
      assertThat(tested.state.replayFrom()).isEqualTo(EngineCommit.NONE);
      tested.state.drain();
      assertThat(tested.state.replayFrom()).isEqualTo(new EngineCommit(1, 10));
      assertThat(engines.get(0).flushed).isTrue();
    }
  }

  @Test
  void whatIsToBeDoneBeforeABlockIsAppliedIsDoneThenAndOnceByWhoeverAppliesIt() {
    List<String> done = new ArrayList<>();
    try (StateUnderTest tested = open(StateUnderTest.NEVER_BY_ITSELF, late, longs("s"))) {
      tested.state.beforeApplying(
          () -> done.add("first, with " + engines.get(0).applied.size() + " applied"));
      tested.state.beforeApplying(() -> done.add("second"));
      put(tested, "key", 1);
      tested.commit();
      assertThat(done).isEmpty();
      late.open();
      tested.state.applyAll();
      put(tested, "key", 2);
      tested.commit();
      tested.state.drain();
      assertThat(done).containsExactly("first, with 0 applied", "second");
      assertThat(engines.get(0).applied).hasSize(2);
    }
  }

  @Test
  void whatCannotBeDoneBeforeABlockIsAppliedKeepsItFromTheEngine() {
    try (StateUnderTest tested = open(StateUnderTest.NEVER_BY_ITSELF, Runnable::run, longs("s"))) {
      tested.state.beforeApplying(
          () -> {
            throw new StateException("TM-3004", "full");
          });
      put(tested, "key", 1);
      tested.commit();
      assertThatThrownBy(tested.state::applyAll).hasMessageContaining("TM-3004");
      assertThatThrownBy(tested.state::maintain).hasMessageContaining("TM-3004");
      assertThat(engines.get(0).applied).isEmpty();
    }
  }

  @Test
  void whatIsNotCommittedNeverReachesTheEngine() {
    try (StateUnderTest tested = open(StateUnderTest.NEVER_BY_ITSELF, Runnable::run, longs("s"))) {
      put(tested, "key", 1);
      tested.build(); // under way, and its outcome not known
      put(tested, "key", 2);
      tested.state.drain();
      assertThat(engines.get(0).applied).isEmpty();
      assertThat(tested.<String, Long>store("s").get("key")).isEqualTo(2);
    }
  }

  @Test
  void whatIsConfirmedAndNotAppliedIsGivenUpAtTheEndAndReplayedNextTime() {
    List<Block> blocks;
    try (StateUnderTest tested = open(StateUnderTest.NEVER_BY_ITSELF, Runnable::run, longs("s"))) {
      put(tested, "a", 1);
      tested.commit();
      tested.state.drain();
      put(tested, "a", 2);
      put(tested, "b", 3);
      tested.commit();
      blocks = tested.blocks;
    }
    assertThat(engines.get(0).applied).containsExactly(new EngineCommit(1, 10));
    assertThat(engines.get(0).closed).isTrue();
    try (StateUnderTest again = open(StateUnderTest.NEVER_BY_ITSELF, Runnable::run, longs("s"))) {
      blocks.forEach(again::confirm);
      again.state.applyAll();
      KeyValueStore<String, Long> store = again.store("s");
      assertThat(store.getAll(List.of("a", "b"))).isEqualTo(Map.of("a", 2L, "b", 3L));
    }
  }

  @Test
  void eachEngineGetsTheCommitsThatItHasNot() {
    try (StateUnderTest tested =
        open(StateUnderTest.NEVER_BY_ITSELF, Runnable::run, longs("s"), longs("t", "other"))) {
      for (long i = 1; i <= 3; i++) {
        put(tested, "key", i);
        tested.<String, Long>store("t").put("key", -i);
        tested.build();
      }
      WatchedEngine ahead = engines.get(1);
      ahead.apply(
          new ChangeMerge(tested.blocks.subList(0, 2), Map.of("t", 0)), new EngineCommit(2, 20));
      assertThat(tested.state.replayFrom()).isEqualTo(EngineCommit.NONE);
      tested.confirm(tested.blocks.get(0));
      tested.state.applyAll();
      assertThat(ahead.applied).containsExactly(new EngineCommit(2, 20));
      assertThat(tested.state.appliedCommit()).isEqualTo(1);
      tested.confirm(tested.blocks.get(1));
      tested.confirm(tested.blocks.get(2));
      tested.state.applyAll();
      assertThat(engines.get(0).applied)
          .containsExactly(new EngineCommit(1, 10), new EngineCommit(3, 30));
      assertThat(ahead.applied).containsExactly(new EngineCommit(2, 20), new EngineCommit(3, 30));
      assertThat(tested.<String, Long>store("t").get("key")).isEqualTo(-3);
    }
  }

  @Test
  void aFailureOfTheEngineSurfacesAndNothingIsAppliedAfterIt() {
    for (Throwable failure :
        List.of(new StateException("TM-3004", "disk full"), new OutOfMemoryError("no room"))) {
      engines.clear();
      try (StateUnderTest tested =
          open(new HoldingLimits(1, 0, Long.MAX_VALUE), late, longs("s"))) {
        engines.get(0).beforeApply = () -> TaskStateTest.<RuntimeException>sneakyThrow(failure);
        put(tested, "a", 1);
        tested.commit();
        tested.state.maintain();
        late.runWaiting();
        engines.get(0).beforeApply = () -> {};
        assertThatThrownBy(tested.state::maintain).isSameAs(failure);
        put(tested, "b", 2);
        tested.commit();
        assertThatThrownBy(tested.state::maintain).isSameAs(failure);
        assertThatThrownBy(tested.state::drain).isSameAs(failure);
        late.runWaiting();
        assertThat(engines.get(0).applied).isEmpty();
      }
      assertThat(engines.get(0).closed).isTrue();
    }
  }

  @SuppressWarnings("unchecked") // as its name says
  private static <T extends Throwable> void sneakyThrow(Throwable failure) throws T {
    throw (T) failure;
  }

  @Test
  void anApplierThatTakesNothingMoreIsAFailureAndNoHang() {
    Executor closed =
        work -> {
          throw new RejectedExecutionException("closed");
        };
    try (StateUnderTest tested = open(StateUnderTest.NEVER_BY_ITSELF, closed, longs("s"))) {
      put(tested, "a", 1);
      tested.commit();
      assertThatExceptionOfType(RejectedExecutionException.class).isThrownBy(tested.state::drain);
      assertThatExceptionOfType(RejectedExecutionException.class)
          .isThrownBy(tested.state::maintain);
    }
    assertThat(engines.get(0).closed).isTrue();
  }

  @Test
  void aLaterFlushIsDoneBesideTheWorkerAndKeptTrackOf() {
    try (StateUnderTest tested = open(StateUnderTest.NEVER_BY_ITSELF, late, longs("s"))) {
      put(tested, "a", 1);
      tested.commit();
      tested.state.applyHere();
      boolean[] flushed = {false};
      tested.state.flushLater(() -> flushed[0] = true);
      assertThat(engines.get(0).flushed).isFalse();
      late.runWaiting();
      assertThat(engines.get(0).flushed).isTrue();
      assertThat(flushed[0]).as("told afterwards").isTrue();
    }
  }

  @Test
  void anEngineIsNotClosedWhileItAppliesNotEvenByAnInterruptedThread() throws Exception {
    CountDownLatch goOn = new CountDownLatch(1);
    StateUnderTest tested = open(StateUnderTest.NEVER_BY_ITSELF, late, longs("s"));
    late.open();
    WatchedEngine engine = engines.get(0);
    engine.beforeApply = () -> awaitUninterruptibly(goOn);
    put(tested, "a", 1);
    tested.commit();
    Thread worker =
        new Thread(
            () -> {
              try {
                tested.state.applyAll();
              } catch (StateException interrupted) {
                // or it had ended before the interrupt came
              }
              tested.close();
            });
    worker.start();
    await(() -> engine.applying && worker.getState() == Thread.State.WAITING);
    worker.interrupt();
    await(() -> engine.closed || worker.getState() == Thread.State.WAITING);
    goOn.countDown();
    worker.join();
    assertThat(engine.closed).isTrue();
    assertThat(engine.closedWhileApplying).isFalse();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void changesOfAStoreThatIsNotConfiguredAreNotLostSilently() {
    Block block;
    try (StateUnderTest tested =
        open(StateUnderTest.NEVER_BY_ITSELF, Runnable::run, longs("s"), longs("t"))) {
      tested.<String, Long>store("t").put("a", 1L);
      block = tested.build();
    }
    try (StateUnderTest less = open(StateUnderTest.NEVER_BY_ITSELF, Runnable::run, longs("s"))) {
      assertThatThrownBy(() -> less.confirm(block))
          .isInstanceOf(StateException.class)
          .hasMessageContaining("TM-3014")
          .hasMessageContaining("main-1")
          .hasMessageContaining("stores.t.*");
    }
  }

  @Test
  void anEngineThatIsNotThereIsAnErrorAndTheOthersAreClosed() {
    assertThatThrownBy(
            () ->
                open(
                    StateUnderTest.NEVER_BY_ITSELF,
                    Runnable::run,
                    longs("s"),
                    longs("t", "nothing")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("store t: there is no engine nothing");
    assertThat(engines).singleElement().matches(engine -> engine.closed);
  }

  @Test
  void aTaskWithoutStoresRemembersItsCommitInAFile() throws IOException {
    StateUnderTest tested = open(StateUnderTest.NEVER_BY_ITSELF, Runnable::run);
    try (tested) {
      tested.commit();
      tested.commit();
      tested.state.drain();
    }
    directories = 0;
    try (StateUnderTest again = open(StateUnderTest.NEVER_BY_ITSELF, Runnable::run)) {
      assertThat(again.state.replayFrom()).isEqualTo(new EngineCommit(2, 20));
    }
    Path bookmark = root.resolve("0/job-1/main-1/bookmark");
    for (String torn : List.of("", "2", "2 20", "2 20 e", "x 20 end", "2 20 end more")) {
      Files.writeString(bookmark, torn);
      directories = 0;
      try (StateUnderTest again = open(StateUnderTest.NEVER_BY_ITSELF, Runnable::run)) {
        assertThat(again.state.replayFrom()).as(torn).isEqualTo(EngineCommit.NONE);
      }
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }
}
