package io.tidemark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tidemark.api.CheckpointVerificationException;
import io.tidemark.api.TidemarkException;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.EngineFiles;
import io.tidemark.state.RandomChanges;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds of snapshots and restores of tasks with any engine. */
public abstract class SnapshotContract {
  @TempDir Path root;

  private final MemoryBlobStore blobs = new MemoryBlobStore();
  private final ExecutorService threads = Executors.newFixedThreadPool(2);
  private final SnapshotRestorer restorer =
      new SnapshotRestorer(blobs, threads, 2, System::nanoTime);
  private EngineFactory factory;
  private SnapshottedTask task;
  private int restores;

  /** Makes the factory of the engine under test. */
  protected abstract EngineFactory createFactory();

  /** What stores are opened with. */
  protected Map<String, String> storeProperties() {
    return Map.of();
  }

  @BeforeEach
  void open() throws Exception {
    factory = createFactory();
    task = new SnapshottedTask(factory, storeProperties(), root.resolve("task"));
  }

  @AfterEach
  void close() {
    task.close();
    factory.close();
    threads.shutdownNow();
  }

  private SnapshotTaker taker(SnapshotSettings settings, BlobStore store) {
    return new SnapshotTaker(settings, store, threads, System::nanoTime, nanos -> {});
  }

  /** Segments may take so many bytes. */
  private static SnapshotSettings tail(long bytes) {
    return new SnapshotSettings(2, -1, 64 << 10, bytes, 8, true);
  }

  private TaskManifest take(@Nullable TaskManifest former) {
    return taker(tail(64 << 10), blobs).take(task.request(former));
  }

  private void assertRestores(TaskManifest manifest) {
    task.assertRestores(restorer, manifest, root.resolve("restored-" + restores++));
  }

  private static long seed() {
    return Long.getLong("tidemark.seed", System.nanoTime());
  }

  @Test
  void each_of_several_snapshots_restores_what_the_task_had_at_its_cut() throws Exception {
    long seed = seed();
    Random random = new Random(seed);
    RandomChanges changes = new RandomChanges(seed, 3, 500, 100);
    List<TaskManifest> taken = new ArrayList<>();
    try {
      for (int round = 0; round < 25; round++) {
        for (int i = random.nextInt(12); i >= 0; i--) {
          task.commit(changes.of(task.commit + 1, random.nextInt(5) == 0 ? 0 : 60));
          if (random.nextInt(10) == 0) {
            task.beginGeneration(changes.of(task.commit + 77, 20));
          }
          task.applyAllBut(random.nextInt(8));
        }
        if (random.nextInt(4) == 0) {
          task.engine.flush();
        }
        TaskManifest former = taken.isEmpty() ? null : taken.get(taken.size() - 1);
        SnapshotSettings settings = tail(random.nextInt(3) == 0 ? 0 : random.nextInt(200_000));
        taken.add(taker(settings, blobs).take(task.request(former)));
        assertThat(task.staging()).doesNotExist();
      }
      for (TaskManifest manifest : taken) {
        assertRestores(manifest);
      }
    } catch (AssertionError | RuntimeException failure) {
      throw new AssertionError("repeat with -Dtidemark.seed=" + seed + ": " + failure, failure);
    }
  }

  /** As when a container that was given up is still at work beside its successor. */
  @Test
  void two_that_are_taken_of_a_task_at_once_do_not_mix() throws Exception {
    task.commit(SnapshottedTask.puts(0, 3000, 1, 1));
    task.applyAllBut(0);
    List<TaskManifest> successors = new ArrayList<>();
    task.afterFreeze =
        () -> {
          task.afterFreeze = () -> {};
          successors.add(take(null));
        };
    assertThatThrownBy(() -> take(null)).isInstanceOf(SnapshotException.class);
    assertThat(successors).hasSize(1);
    assertRestores(successors.get(0));
    for (BlobStore.Stat blob : blobs.list("blobs/")) {
      assertThat(Hashes.blob(Hashes.of(blobs.read(blob.name())))).isEqualTo(blob.name());
    }
    assertRestores(take(null));
    assertThat(task.staging()).doesNotExist();
  }

  @Test
  void the_manifest_says_what_the_cut_says() throws Exception {
    task.commit(SnapshottedTask.puts(0, 10, 1, 1));
    task.commit(SnapshottedTask.puts(0, 10, 2, 2));
    TaskManifest manifest = take(null);
    TaskCut cut = task.cut();
    assertThat(manifest.task()).isEqualTo(cut.task());
    assertThat(manifest.commit()).isEqualTo(2);
    assertThat(manifest.position()).isEqualTo(cut.position());
    assertThat(manifest.timeMs()).isEqualTo(cut.timeMs());
    assertThat(manifest.positions()).isEqualTo(cut.positions());
    assertThat(SnapshotRestorer.cost(manifest, true)).isEqualTo(manifest.totalBytes());
    assertThat(SnapshotRestorer.cost(manifest, false)).isLessThan(manifest.totalBytes());
  }

  @Test
  void a_task_without_changes_uploads_nothing() throws Exception {
    task.commit(SnapshottedTask.puts(0, 2000, 1, 1));
    task.applyAllBut(0);
    task.engine.flush();
    task.commit(SnapshottedTask.puts(0, 2000, 50, 2));
    SnapshotTaker taker = taker(tail(1 << 20), blobs);
    TaskManifest manifest = taker.take(task.request(null));
    assertThat(manifest.work().bytesUploaded()).isPositive();
    for (int round = 0; round < 20; round++) {
      task.commit(List.of());
      task.commit(List.of());
      manifest = taker.take(task.request(manifest));
      assertThat(manifest.work().bytesUploaded()).isZero();
      assertThat(manifest.work().filesUploaded()).isZero();
    }
    assertThat(manifest.segments()).hasSize(1);
    assertRestores(manifest);
    task.commit(SnapshottedTask.puts(0, 10, 1, 3));
    assertRestores(take(manifest));
  }

  @Test
  void files_are_taken_anew_when_little_comes_after_much() throws Exception {
    task.commit(SnapshottedTask.puts(0, 3000, 1, 1));
    task.applyAllBut(0);
    task.engine.flush();
    TaskManifest former = take(null);
    task.commit(SnapshottedTask.puts(0, 3000, 4, 2));
    TaskManifest busy = take(former);
    assertThat(busy.engines()).isEqualTo(former.engines());
    assertThat(busy.segmentBytes()).isPositive();
    task.applyAllBut(0);
    task.commit(SnapshottedTask.puts(0, 3000, 30, 3));
    TaskManifest stillBusy = take(busy);
    assertThat(stillBusy.engines()).isEqualTo(former.engines());

    task.commit(SnapshottedTask.puts(0, 10, 10, 4));
    task.applyAllBut(0); // some of it is only in memory
    TaskManifest quiet = take(stillBusy);
    assertThat(quiet.engines().get(0).commit()).isEqualTo(task.commit);
    assertThat(quiet.segmentBytes()).isZero();
    assertRestores(quiet);
    task.commit(SnapshottedTask.puts(0, 10, 10, 5));
    task.applyAllBut(0);
    assertThat(take(quiet).engines()).as("once is enough").isEqualTo(quiet.engines());
  }

  @Test
  void what_is_set_apart_is_as_of_the_cut_however_late_the_rest_is_taken() throws Exception {
    task.commit(SnapshottedTask.puts(0, 1000, 1, 1));
    task.applyAllBut(0);
    task.engine.flush();
    SnapshotTaker taker = taker(tail(0), blobs);
    TaskManifest first;
    try (PreparedSnapshot prepared = taker.prepare(task.request(null))) {
      task.commit(SnapshottedTask.puts(0, 1000, 2, 2));
      task.applyAllBut(0);
      task.engine.flush();
      first = taker.take(prepared);
    }
    assertThat(task.staging()).doesNotExist();
    assertThat(first.commit()).isEqualTo(1);
    assertThat(first.engines().get(0).commit()).isEqualTo(1);
    assertRestores(first);
  }

  @Test
  void nothing_is_set_apart_while_the_journal_will_do() throws Exception {
    task.commit(SnapshottedTask.puts(0, 3000, 1, 1));
    task.applyAllBut(0);
    task.engine.flush();
    TaskManifest former = take(null);
    task.beforeFreeze =
        () -> {
          throw new AssertionError("files are set apart in vain");
        };
    task.commit(SnapshottedTask.puts(0, 3000, 31, 2));
    TaskManifest next = take(former);
    task.commit(SnapshottedTask.puts(0, 3000, 31, 3));
    assertRestores(take(next));
  }

  @Test
  void files_that_a_completed_checkpoint_has_are_not_written_again() throws Exception {
    task.commit(SnapshottedTask.puts(0, 2000, 1, 1));
    task.applyAllBut(0);
    task.engine.flush();
    TaskManifest former = take(null);
    SnapshotTaker.Request request = task.request(null);
    TaskManifest again =
        taker(tail(0), blobs)
            .take(
                new SnapshotTaker.Request(
                    request.cut(),
                    request.engines(),
                    request.journal(),
                    0,
                    request.staging(),
                    null,
                    true,
                    List.of(former)));
    assertThat(again.work().bytesUploaded()).isZero();
    assertThat(again.work().filesShared()).isPositive();
    assertRestores(again);
  }

  @Test
  void a_tenth_of_the_keys_touched_uploads_at_most_a_quarter_of_the_state() throws Exception {
    for (int round = 0; round < 10; round++) {
      task.commit(SnapshottedTask.puts(2000 * round, 2000, 1, 1));
    }
    task.applyAllBut(0);
    task.engine.flush();
    TaskManifest manifest = take(null);
    long state = manifest.totalBytes();
    for (int round = 1; round <= 2; round++) {
      task.commit(SnapshottedTask.puts(0, 20_000, 10, round));
      task.applyAllBut(1);
      manifest = take(manifest);
      assertThat(manifest.work().bytesUploaded()).isBetween(1L, state / 4);
      assertRestores(manifest);
    }
  }

  @Test
  void digests_are_those_of_the_entries_at_the_engines_commit() throws Exception {
    task.commit(SnapshottedTask.puts(0, 3000, 1, 1));
    task.applyAllBut(0);
    task.engine.flush();
    TaskManifest manifest = take(null);
    EngineManifest engine = manifest.engines().get(0);
    assertThat(engine.commit()).isEqualTo(1);
    assertThat(engine.digests().keySet()).containsAll(SnapshottedTask.STORES);
    for (int store = 0; store < 3; store++) {
      Map<Integer, SlotDigest> found = engine.digests().get(SnapshottedTask.STORES.get(store));
      assertThat(found).isEqualTo(StateDigest.of(task.engine, store));
      assertThat(found.values().stream().mapToLong(SlotDigest::entries).sum()).isEqualTo(3000);
    }
    SnapshotSettings without = new SnapshotSettings(2, -1, 0, 0, 8, false);
    assertThat(taker(without, blobs).take(task.request(null)).engines().get(0).digests()).isEmpty();
  }

  @Test
  void every_blob_that_is_damaged_is_named() throws Exception {
    for (int round = 0; round < 4; round++) {
      task.commit(SnapshottedTask.puts(1000 * round, 1000, 1, 1));
      task.applyAllBut(0);
      task.engine.flush();
    }
    TaskManifest manifest = taker(tail(1 << 20), blobs).take(task.request(null));
    for (int round = 0; round < 3; round++) {
      task.commit(SnapshottedTask.puts(0, 4000, 40, round));
      manifest = taker(tail(1 << 20), blobs).take(task.request(manifest));
    }
    assertThat(manifest.segments()).hasSizeGreaterThanOrEqualTo(3);
    List<String> names = new ArrayList<>(blobsOf(manifest));
    Random random = new Random(seed());
    for (String name : names) {
      byte[] bytes = blobs.read(name);
      blobs.flipBit(name, random.nextInt(8 * bytes.length));
      assertNamed(manifest, name, CheckpointVerificationException.DAMAGED);
      blobs.put(name, BlobStore.Source.of(bytes));
      blobs.truncate(name, random.nextInt(bytes.length));
      assertNamed(manifest, name, CheckpointVerificationException.DAMAGED);
      blobs.delete(name);
      assertNamed(manifest, name, CheckpointVerificationException.MISSING);
      String other = names.get((names.indexOf(name) + 1) % names.size());
      blobs.put(name, BlobStore.Source.of(blobs.read(other)));
      assertNamed(manifest, name, CheckpointVerificationException.DAMAGED);
      blobs.put(name, BlobStore.Source.of(bytes));
    }
    assertRestores(manifest);
  }

  private void assertNamed(TaskManifest manifest, String blob, String code) throws IOException {
    Path target = root.resolve("damaged");
    Files.createDirectories(target.resolve(factory.type()));
    Files.writeString(target.resolve(factory.type()).resolve("former"), "as it was");
    Throwable thrown =
        catchThrowable(
            () -> restorer.restore(manifest, target, true, RestoreProgress.Listener.NONE));
    assertThat(thrown).isInstanceOf(CheckpointVerificationException.class);
    assertThat(((CheckpointVerificationException) thrown).code()).isEqualTo(code);
    assertThat(((CheckpointVerificationException) thrown).part()).contains(blob);
    assertThat(files(target)).containsExactly(Path.of(factory.type(), "former"));
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).map(directory::relativize).toList();
    }
  }

  private static Set<String> blobsOf(TaskManifest manifest) {
    Set<String> names = new TreeSet<>();
    manifest.engines().forEach(engine -> engine.files().forEach(file -> names.add(file.blob())));
    manifest.segments().forEach(segment -> names.add(segment.blob()));
    return names;
  }

  @Test
  void segments_that_do_not_go_together_are_refused() throws Exception {
    task.commit(SnapshottedTask.puts(0, 100, 1, 1));
    TaskManifest first = take(null);
    task.commit(SnapshottedTask.puts(0, 100, 1, 2));
    TaskManifest second = take(first);
    for (List<SegmentRef> wrong :
        List.of(
            first.segments(),
            second.segments().subList(1, 2),
            List.of(second.segments().get(1), second.segments().get(0)))) {
      TaskManifest damaged = withSegments(second, wrong);
      assertThatThrownBy(
              () ->
                  restorer.restore(damaged, root.resolve("x"), true, RestoreProgress.Listener.NONE))
          .isInstanceOf(CheckpointVerificationException.class)
          .hasMessageContaining("TM-8203");
    }
  }

  private static TaskManifest withSegments(TaskManifest manifest, List<SegmentRef> segments) {
    return new TaskManifest(
        manifest.task(),
        manifest.tasks(),
        manifest.partitions(),
        manifest.slots(),
        manifest.commit(),
        manifest.position(),
        manifest.timeMs(),
        manifest.positions(),
        manifest.stores(),
        manifest.engines(),
        segments,
        manifest.work());
  }

  @Test
  void a_failure_anywhere_leaves_former_snapshots_and_a_later_try_succeeds() throws Exception {
    List<TaskManifest> taken = new ArrayList<>();
    task.commit(SnapshottedTask.puts(0, 2000, 1, 1));
    task.applyAllBut(0);
    task.engine.flush();
    taken.add(take(null));
    for (FaultyBlobStore.Fault fault : FaultyBlobStore.Fault.values()) {
      for (int failing = 0; failing < 4 && fault != FaultyBlobStore.Fault.NONE; failing++) {
        task.commit(SnapshottedTask.puts(0, 2000, 7, failing));
        task.applyAllBut(0);
        task.engine.flush();
        AtomicInteger left = new AtomicInteger(failing);
        BlobStore faulty =
            new FaultyBlobStore(
                blobs,
                (operation, name) ->
                    left.getAndDecrement() == 0 ? fault : FaultyBlobStore.Fault.NONE);
        TaskManifest former = taken.get(taken.size() - 1);
        assertAgain(faulty, former, taken);
      }
    }
    for (int step = 0; step < 3; step++) {
      Runnable failure = failingOnce();
      task.commit(SnapshottedTask.puts(0, 2000, 7, step));
      task.applyAllBut(0);
      task.engine.flush();
      task.beforeFreeze = step == 0 ? failure : () -> {};
      task.afterFreeze = step == 1 ? failure : () -> {};
      task.beforeRead = step == 2 ? failure : () -> {};
      assertAgain(blobs, taken.get(taken.size() - 1), taken);
    }
    for (TaskManifest manifest : taken) {
      assertRestores(manifest);
    }
  }

  private static Runnable failingOnce() {
    AtomicInteger left = new AtomicInteger();
    return () -> {
      if (left.getAndIncrement() == 0) {
        throw new IllegalStateException("planned");
      }
    };
  }

  private void assertAgain(BlobStore store, TaskManifest former, List<TaskManifest> taken) {
    SnapshotTaker taker = taker(new SnapshotSettings(2, -1, 100, 0, 8, true), store);
    Throwable thrown = catchThrowable(() -> taken.add(taker.take(task.request(former))));
    assertThat(task.staging()).doesNotExist();
    assertRestores(former);
    if (thrown != null) {
      assertThat(thrown).isInstanceOfAny(TidemarkException.class, IllegalStateException.class);
      taken.add(taker.take(task.request(former)));
    }
  }

  @Test
  void a_snapshot_is_taken_while_changes_are_applied() throws Exception {
    task.commit(SnapshottedTask.puts(0, 3000, 1, 1));
    task.applyAllBut(0);
    task.engine.flush();
    TaskManifest former = take(null);
    for (int round = 0; round < 6; round++) {
      for (int i = 0; i < 40; i++) {
        task.commit(SnapshottedTask.puts(0, 3000, 31, 40 * round + i));
      }
      SnapshotTaker.Request request = task.request(former);
      CompletableFuture<TaskManifest> taking =
          CompletableFuture.supplyAsync(() -> taker(tail(0), blobs).take(request), threads);
      for (int left = 40; left > 0 && !taking.isDone(); left--) {
        task.applyAllBut(left);
        if (left % 10 == 0) {
          task.engine.flush();
        }
      }
      former = taking.get(60, TimeUnit.SECONDS);
      task.applyAllBut(0);
      assertRestores(former);
    }
  }

  @Test
  void an_engine_that_is_past_the_cut_leaves_the_journal_to_build_on() throws Exception {
    task.commit(SnapshottedTask.puts(0, 100, 1, 1));
    TaskManifest former = take(null);
    task.commit(SnapshottedTask.puts(0, 100, 2, 2));
    TaskCut cut = task.cut();
    task.commit(SnapshottedTask.puts(0, 100, 1, 3));
    task.applyAllBut(0);
    task.engine.flush();
    assertThatThrownBy(() -> taker(tail(0), blobs).take(task.request(cut, null, true)))
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining("TM-8204");
    assertRestores(taker(tail(0), blobs).take(task.request(cut, former, true)));
  }

  @Test
  void a_snapshot_builds_on_the_one_that_its_journal_was_begun_from() throws Exception {
    for (int round = 0; round < 3; round++) {
      task.commit(SnapshottedTask.puts(0, 100, 1, round));
    }
    task.applyAllBut(1);
    TaskManifest former = take(null);
    task.beginJournal("journal-t2");
    task.commit(SnapshottedTask.puts(0, 100, 3, 9));
    TaskManifest next = taker(tail(1 << 20), blobs).take(task.request(task.cut(), former, false));
    assertThat(next.engines()).isEqualTo(former.engines());
    assertRestores(next);
    task.commit(SnapshottedTask.puts(0, 100, 2, 10));
    assertRestores(taker(tail(1 << 20), blobs).take(task.request(next)));
  }

  @Test
  void a_journal_without_the_blocks_is_an_error() throws Exception {
    task.commit(SnapshottedTask.puts(0, 100, 1, 1));
    task.commit(SnapshottedTask.puts(0, 100, 1, 2));
    TaskCut cut = task.cut();
    task.beginJournal("empty");
    assertThatThrownBy(() -> taker(tail(0), blobs).take(task.request(cut, null, true)))
        .isInstanceOf(SnapshotException.class)
        .hasMessageContaining("TM-8205");
  }

  @Test
  void what_a_crash_has_left_is_removed() throws Exception {
    task.commit(SnapshottedTask.puts(0, 100, 1, 1));
    Files.createDirectories(task.staging().resolve("engines/left"));
    Files.writeString(task.staging().resolve("engines/left/000001.sst"), "left");
    TaskManifest manifest = take(null);
    assertThat(task.staging()).doesNotExist();

    Path target = root.resolve("crashed");
    Files.createDirectories(target.resolve("other.restoring"));
    Files.writeString(target.resolve("other.restoring/file"), "left");
    assertThat(SnapshotRestorer.clean(target)).isFalse();
    assertThat(files(target)).isEmpty();

    Files.createDirectories(target.resolve(factory.type()));
    Files.writeString(target.resolve(factory.type()).resolve("half"), "left");
    Files.writeString(target.resolve("restoring"), factory.type() + "\n");
    assertThat(SnapshotRestorer.clean(target)).isTrue();
    assertThat(files(target)).isEmpty();
    assertThat(SnapshotRestorer.clean(root.resolve("never there"))).isFalse();
    task.assertRestores(restorer, manifest, target);
    task.assertRestores(restorer, manifest, target);
  }

  @Test
  void progress_reaches_the_total() throws Exception {
    task.commit(SnapshottedTask.puts(0, 3000, 1, 1));
    task.applyAllBut(0);
    task.engine.flush();
    task.commit(SnapshottedTask.puts(0, 3000, 10, 2));
    TaskManifest manifest = take(null);
    List<RestoreProgress> seen = new ArrayList<>();
    try (RestoredSnapshot restored =
        restorer.restore(manifest, root.resolve("to"), true, seen::add)) {
      restored.keep();
    }
    RestoreProgress last = seen.get(seen.size() - 1);
    assertThat(last.bytes()).isEqualTo(manifest.totalBytes()).isEqualTo(last.totalBytes());
    assertThat(last.remainingMs()).isZero();
    threads.shutdown();
    assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).as("all is on disk").isTrue();
    assertThat(files(root.resolve("to"))).allMatch(file -> file.startsWith(factory.type()));
  }

  @Test
  void what_is_restored_but_not_on_disk_yet_is_restored_again() throws Exception {
    task.commit(SnapshottedTask.puts(0, 3000, 1, 1));
    TaskManifest manifest = take(null);
    Path target = root.resolve("to");
    List<Runnable> forcing = new ArrayList<>();
    SnapshotRestorer late = new SnapshotRestorer(blobs, forcing::add, 1, System::nanoTime);
    task.assertRestores(late, manifest, target);
    assertThat(SnapshotRestorer.clean(target)).isTrue();
    assertThat(files(target)).isEmpty();

    task.assertRestores(late, manifest, target);
    forcing.get(0).run(); // is late, and leaves alone what is not its own
    assertThat(files(target)).anyMatch(file -> file.toString().startsWith("restoring"));
    forcing.get(1).run();
    assertThat(SnapshotRestorer.clean(target)).isFalse();
  }

  @Test
  void a_task_without_stores_has_nothing_but_the_cut() throws Exception {
    task.commit(List.of());
    TaskEngines none = new NoEngines();
    SnapshotTaker.Request request = task.request(null);
    TaskManifest manifest =
        taker(tail(0), blobs)
            .take(
                new SnapshotTaker.Request(
                    request.cut(),
                    none,
                    request.journal(),
                    0,
                    request.staging(),
                    null,
                    true,
                    List.of()));
    assertThat(manifest.totalBytes()).isZero();
    restorer.restore(manifest, root.resolve("none"), true, RestoreProgress.Listener.NONE).close();
  }

  /** Of a task without stores. */
  private static final class NoEngines implements TaskEngines {
    @Override
    public SortedMap<String, List<String>> stores() {
      return new TreeMap<>();
    }

    @Override
    public EngineCommit freeze(String type, Path into, long mostUnflushed) {
      throw new IllegalStateException("there is none");
    }

    @Override
    public @Nullable EngineFiles open(String type, Path directory) {
      return Objects.requireNonNull(null, "there is none");
    }
  }
}
