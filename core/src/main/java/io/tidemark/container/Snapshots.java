package io.tidemark.container;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.PreparedSnapshot;
import io.tidemark.checkpoint.SnapshotTaker;
import io.tidemark.checkpoint.TaskCut;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.coordinator.ContainerStatus;
import io.tidemark.coordinator.ContainerStatus.SnapshotFailure;
import io.tidemark.journal.JournalReader;
import io.tidemark.runtime.CutPoint;
import io.tidemark.runtime.TaskEvents;
import io.tidemark.runtime.TaskSpec;
import io.tidemark.state.EngineFactory;
import io.tidemark.system.Failpoint;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the snapshots of a container's tasks when they have made a cut, in the background, and
 * keeps them until their checkpoint has ended. One that is under way when the container closes may
 * go on for a while, and counts for nothing. Any thread may call it.
 */
final class Snapshots implements TaskEvents, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Snapshots.class);

  private final Setup setup;
  private final Map<TaskName, ContainerStatus.Snapshot> complete = new ConcurrentHashMap<>();

  /** The parts of completed checkpoints that were taken here, and so are known. */
  private final Map<TaskName, TaskManifest> completed = new ConcurrentHashMap<>();

  private volatile @Nullable SnapshotFailure failure;
  private volatile boolean closed;
  private volatile long ended;

  /**
   * What it takes snapshots with.
   *
   * @param taker takes them
   * @param stored what is in the blob store
   * @param timeline the number of the timeline that the container is on
   * @param specs says how a task is made
   * @param engines the engines' factories by type
   * @param journal opens the journal
   * @param staging a directory on the file system of local state
   * @param freezer runs what cannot wait until other tasks' snapshots are taken
   * @param executor runs what takes long
   */
  record Setup(
      SnapshotTaker taker,
      StoredSnapshots stored,
      int timeline,
      Function<TaskName, TaskSpec> specs,
      Map<String, EngineFactory> engines,
      Supplier<JournalReader> journal,
      Path staging,
      Executor freezer,
      Executor executor) {}

  Snapshots(Setup setup) {
    this.setup = setup;
  }

  @Override
  public void cut(CutPoint cut) {
    try {
      setup.freezer.execute(() -> prepare(cut));
    } catch (RuntimeException e) {
      cut.goOn().run();
      throw e;
    }
  }

  @Override
  public void cutFailed(TaskName task, long generation, long checkpoint, String why) {
    failed(new SnapshotFailure(checkpoint, why));
  }

  /** A failure of a later checkpoint counts more. */
  private synchronized void failed(SnapshotFailure now) {
    SnapshotFailure last = failure;
    if (last == null || now.checkpoint() >= last.checkpoint()) {
      failure = now;
    }
  }

  /** Whether nobody waits for a snapshot of the cut any more. */
  private boolean isOver(CutPoint cut) {
    return closed || cut.checkpoint() <= ended;
  }

  private void prepare(CutPoint cut) {
    TaskSpec spec = setup.specs.apply(cut.task());
    CutEngines engines = new CutEngines(cut, spec, setup.engines);
    if (isOver(cut)) {
      engines.close();
      return;
    }
    try {
      PreparedSnapshot prepared = setup.taker.prepare(request(cut, spec, engines));
      takeLater(cut, engines, prepared);
    } catch (RuntimeException e) {
      engines.close();
      failed(cut, e);
    }
  }

  private void takeLater(CutPoint cut, CutEngines engines, PreparedSnapshot prepared) {
    try {
      setup.executor.execute(() -> take(cut, engines, prepared));
    } catch (RuntimeException e) { // it takes no more, as the container ends
      prepared.close();
      throw e;
    }
  }

  private void take(CutPoint cut, CutEngines engines, PreparedSnapshot prepared) {
    try (engines;
        prepared) {
      if (!isOver(cut)) {
        TaskManifest manifest = setup.taker.take(prepared);
        Failpoint.pass("snapshot.before-acknowledge");
        complete.put(
            cut.task(), new ContainerStatus.Snapshot(cut.checkpoint(), cut.generation(), manifest));
      }
    } catch (RuntimeException e) {
      failed(cut, e);
    }
  }

  private void failed(CutPoint cut, RuntimeException e) {
    if (isOver(cut)) {
      LOG.debug(
          "The snapshot of task {} for checkpoint {} is not waited for any more",
          cut.task(),
          cut.checkpoint(),
          e);
    } else {
      LOG.warn("Task {} has no snapshot for checkpoint {}", cut.task(), cut.checkpoint(), e);
      failed(new SnapshotFailure(cut.checkpoint(), String.valueOf(e.getMessage())));
    }
  }

  private SnapshotTaker.Request request(CutPoint cut, TaskSpec spec, CutEngines engines) {
    TaskManifest own = completed.get(cut.task());
    CheckpointManifest latest = own == null ? setup.stored.latest() : null;
    TaskManifest former = own;
    List<TaskManifest> kept = new ArrayList<>();
    if (latest != null) {
      for (TaskManifest part : latest.tasks()) {
        if (part.task().equals(cut.task()) && part.tasks() == cut.tasks()) {
          former = part;
        } else if (part.task().stage().equals(cut.task().stage())) {
          kept.add(part);
        }
      }
    }
    return new SnapshotTaker.Request(
        new TaskCut(
            cut.task(),
            cut.tasks(),
            cut.partitions(),
            cut.slots(),
            cut.commit(),
            cut.position(),
            cut.timeMs(),
            cut.positions(),
            cut.stores()),
        engines,
        setup.journal,
        spec.journalPartition(),
        setup.staging.resolve(cut.task().toString()),
        former,
        latest == null || latest.timeline().number() == setup.timeline,
        kept);
  }

  /** The tasks' parts of a checkpoint that are in the blob store. */
  List<ContainerStatus.Snapshot> complete(long checkpoint) {
    return complete.values().stream().filter(part -> part.checkpoint() == checkpoint).toList();
  }

  /** Why the container cannot be part of a checkpoint; null if nothing is wrong. */
  @Nullable SnapshotFailure failure(long checkpoint) {
    SnapshotFailure last = failure;
    return last != null && last.checkpoint() == checkpoint ? last : null;
  }

  /** A checkpoint has ended: what was taken for it may be built on, or is forgotten. */
  void ended(long checkpoint, boolean done) {
    ended = Math.max(ended, checkpoint);
    complete.forEach(
        (task, part) -> {
          if (part.checkpoint() <= checkpoint) {
            if (done && part.checkpoint() == checkpoint) {
              completed.put(task, part.manifest());
            }
            complete.remove(task, part);
          }
        });
  }

  /** The container ends: no snapshot is begun any more. */
  @Override
  public void close() {
    closed = true;
  }

  /** A task has left; what is known of its snapshots may be old when it comes back. */
  void forget(TaskName task) {
    completed.remove(task);
    complete.remove(task);
  }
}
