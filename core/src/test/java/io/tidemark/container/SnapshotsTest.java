package io.tidemark.container;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Partition;
import io.tidemark.api.Serde;
import io.tidemark.api.StringSerde;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.MemoryBlobStore;
import io.tidemark.checkpoint.SnapshotRestorer;
import io.tidemark.checkpoint.SnapshotSettings;
import io.tidemark.checkpoint.SnapshotTaker;
import io.tidemark.config.CheckpointSettings.OnVerificationFailure;
import io.tidemark.runtime.CutPoint;
import io.tidemark.runtime.TaskSpec;
import io.tidemark.state.CacheMode;
import io.tidemark.state.Change;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.MemoryEngineFactory;
import io.tidemark.state.StorageEngine;
import io.tidemark.state.StoreSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done at once when a task has made a cut, and what may wait for other tasks' turns. */
class SnapshotsTest {
  private static final TaskName TASK = new TaskName("main", 0);

  @TempDir Path directory;

  private final BlobStore blobs = new MemoryBlobStore();
  private final MemoryEngineFactory factory = new MemoryEngineFactory();
  private final List<Runnable> waiting = new ArrayList<>();
  private final AtomicInteger wentOn = new AtomicInteger();
  private StorageEngine engine;
  private boolean refuses;

  @BeforeEach
  void open() {
    engine =
        factory.open(
            new EngineOptions(
                directory.resolve("engine"),
                TASK.toString(),
                List.of(new EngineOptions.Store("store", Map.of()))));
  }

  @AfterEach
  void close() {
    engine.close();
  }

  private void commit(long number) {
    byte[] bytes = Long.toString(number).getBytes(UTF_8);
    engine.apply(List.of(new Change(0, bytes, bytes)), new EngineCommit(number, number));
  }

  private Snapshots snapshots(Executor freezer) {
    Executor here = Runnable::run;
    StoredSnapshots stored =
        new StoredSnapshots(
            new StoredSnapshots.Setup(
                new Catalog(blobs),
                new SnapshotRestorer(blobs, here, 1, System::nanoTime),
                OnVerificationFailure.FAIL,
                1,
                task -> spec(),
                type -> factory,
                (input, left, right) -> 0,
                () -> null));
    SnapshotTaker taker =
        new SnapshotTaker(SnapshotSettings.DEFAULT, blobs, here, System::nanoTime, nanos -> {});
    return new Snapshots(
        new Snapshots.Setup(
            taker,
            stored,
            1,
            task -> spec(),
            Map.of("memory", factory),
            () -> {
              throw new AssertionError("the journal is not needed");
            },
            directory.resolve("snapshots"),
            freezer,
            this::later));
  }

  private void later(Runnable action) {
    if (refuses) {
      throw new RejectedExecutionException("planned");
    }
    waiting.add(action);
  }

  @SuppressWarnings("unchecked") // strings are all there is
  private static TaskSpec spec() {
    Serde<Object> strings = (Serde<Object>) (Serde<?>) new StringSerde();
    StoreSpec store =
        new StoreSpec(
            "store", "memory", strings, strings, null, true, CacheMode.OBJECTS, 0, 99, Map.of());
    return new TaskSpec(
        TASK, 0, Map.of(), 1, 1, 128, List.of(store), List.of(), () -> new Object());
  }

  private CutPoint cut(long checkpoint, long commit) {
    return new CutPoint(
        TASK,
        1,
        checkpoint,
        commit,
        commit,
        new UUID(1, 2),
        0,
        Map.of(new SystemStreamPartition("memory", "in", new Partition(0)), "1"),
        List.of(),
        1,
        1,
        128,
        Map.of("memory", engine),
        wentOn::incrementAndGet);
  }

  @Test
  void a_task_goes_on_while_its_snapshot_waits_for_those_of_others() {
    Snapshots snapshots = snapshots(Runnable::run);
    commit(1);
    snapshots.cut(cut(7, 1));
    assertThat(wentOn).as("the engine may go past the cut").hasPositiveValue();
    assertThat(waiting).hasSize(1);
    commit(2);
    waiting.remove(0).run();
    assertThat(snapshots.failure(7)).isNull();
    assertThat(snapshots.complete(7)).hasSize(1);
    assertThat(snapshots.complete(7).get(0).manifest().engines().get(0).commit()).isEqualTo(1);
  }

  @Test
  void nothing_is_left_of_what_cannot_have_its_turn() {
    refuses = true;
    Snapshots snapshots = snapshots(Runnable::run);
    commit(1);
    snapshots.cut(cut(7, 1));
    assertThat(wentOn).hasPositiveValue();
    assertThat(snapshots.failure(7)).isNotNull();
    assertThat(directory.resolve("snapshots").resolve(TASK.toString())).doesNotExist();
  }

  @Test
  void what_nobody_waits_for_any_more_is_not_taken() {
    List<Runnable> freezing = new ArrayList<>();
    Snapshots snapshots = snapshots(freezing::add);
    commit(1);
    snapshots.cut(cut(7, 1));
    freezing.remove(0).run();
    snapshots.cut(cut(7, 1));
    snapshots.ended(7, false);
    freezing.remove(0).run();
    waiting.remove(0).run();
    assertThat(waiting).isEmpty();
    assertThat(wentOn).hasValueGreaterThanOrEqualTo(2);
    assertThat(blobs.list("")).isEmpty();
    assertThat(directory.resolve("snapshots").resolve(TASK.toString())).doesNotExist();
    assertThat(snapshots.complete(7)).isEmpty();
    assertThat(snapshots.failure(7)).isNull();
    commit(2);
    snapshots.cut(cut(8, 2));
    freezing.remove(0).run();
    waiting.remove(0).run();
    assertThat(snapshots.complete(8)).hasSize(1);
  }
}
