package io.tidemark.coordinator;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.RestoreProgress;
import io.tidemark.coordinator.ContainerStatus.Failure;
import io.tidemark.coordinator.ContainerStatus.Phase;
import io.tidemark.coordinator.ContainerStatus.TaskStatus;
import io.tidemark.coordinator.CoordinatorView.TaskView;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may run a task. Called under the coordinator's lock.
 *
 * <p>The <i>owner</i> may take possession. A <i>successor</i> restores the task's state until there
 * is no owner any more and nobody lingers; then it becomes the owner. Whoever has been the owner
 * <i>lingers</i> until it has said, or its lease being over proves, that nothing of the task runs
 * there.
 *
 * <p>Invariant: at most one container is not certain to have nothing of the task running: the
 * owner, or the one that lingers.
 */
final class Seat {
  private static final Logger LOG = LoggerFactory.getLogger(Seat.class);

  /** Whoever may still have it: up to which generation, and which orders first left it out. */
  private record Lingering(long generation, long leftOutFrom) {}

  final TaskName task;
  private @Nullable Member owner;
  private long generation;
  private @Nullable Phase phase;
  private @Nullable Member successor;
  private long successorGeneration;
  private @Nullable Phase successorPhase;
  private boolean successorIsAdopted;
  private long moveStartedMs;
  private final Map<String, Lingering> lingering = new TreeMap<>();

  private long commit;
  private long behind;
  private @Nullable RestoreProgress fetching;
  private int failures;
  private @Nullable Failure failure;
  private boolean hopeless;
  private final Work work = new Work();

  Seat(TaskName task) {
    this.task = task;
  }

  @Nullable Member owner() {
    return owner;
  }

  @Nullable Member successor() {
    return successor;
  }

  long generation() {
    return generation;
  }

  @Nullable Phase phase() {
    return phase;
  }

  boolean isRunning() {
    return owner != null && (phase == Phase.RUNNING || phase == Phase.FINISHED);
  }

  boolean isFinished() {
    return owner != null && phase == Phase.FINISHED;
  }

  /** Whether it is on its way from one container to another. */
  boolean isMoving() {
    return successor != null && (owner != null || !lingering.isEmpty());
  }

  /** Whether the successor may become the owner now. */
  boolean isFree() {
    return owner == null && lingering.isEmpty();
  }

  /** Whether no start can have another end than failure. */
  boolean isHopeless() {
    return owner == null && hopeless;
  }

  Work work() {
    return work;
  }

  @Nullable Failure failure() {
    return failure;
  }

  /** What this task's orders for a container are; null if it should not run it. */
  Orders.@Nullable Assignment assignment(Member member) {
    if (member == owner) {
      return new Orders.Assignment(generation, true);
    }
    return member == successor ? new Orders.Assignment(successorGeneration, false) : null;
  }

  /** Whether a container has it, should have it, or may still have it. */
  boolean involves(Member member) {
    return assignment(member) != null || lingering.containsKey(member.session());
  }

  /** Wants a container to restore it. */
  void start(Member member, long newGeneration, long nowMs) {
    successor = member;
    successorGeneration = newGeneration;
    successorPhase = null;
    successorIsAdopted = false;
    moveStartedMs = nowMs;
  }

  /** Whether {@link #open} needs a generation of its own, as higher ones may have been given. */
  boolean needsGeneration() {
    return successorIsAdopted;
  }

  /** Lets the successor take possession. */
  void open(long newGeneration) {
    generation = successorIsAdopted ? newGeneration : successorGeneration;
    owner = successor;
    phase = successorPhase;
    work.begin(0, 0);
    dropSuccessor();
  }

  private void dropSuccessor() {
    successor = null;
    successorPhase = null;
    successorGeneration = 0;
    successorIsAdopted = false;
  }

  /** Whether the owner should give it up now. */
  boolean isMoveDue(long nowMs, long moveWaitMs) {
    return owner != null
        && successor != null
        && (successorPhase == Phase.READY || nowMs - moveStartedMs > moveWaitMs);
  }

  /** Wants the owner to give it up. */
  void release(long nextSequence) {
    if (owner != null) {
      linger(owner, generation, nextSequence);
    }
    owner = null;
    phase = null;
  }

  /** Does not want the successor any more. */
  void cancel(long nextSequence) {
    if (successor != null && successorIsAdopted) {
      linger(successor, successorGeneration, nextSequence);
    }
    dropSuccessor();
  }

  private void linger(Member member, long upTo, long nextSequence) {
    lingering.putIfAbsent(member.session(), new Lingering(upTo, nextSequence));
  }

  /** Takes in that nothing runs in a container any more. */
  void gone(Member member) {
    lingering.remove(member.session());
    if (owner == member) {
      owner = null;
      phase = null;
    }
    if (successor == member) {
      dropSuccessor();
    }
  }

  /**
   * Takes in how the task is in a container.
   *
   * @param told null if the container says nothing of it
   * @param adopting whether the container may have it from a former coordinator
   */
  void hear(Member member, @Nullable TaskStatus told, boolean adopting, long nextSequence) {
    Lingering left = lingering.get(member.session());
    if (told == null) {
      if (left != null && member.status().followed() >= left.leftOutFrom()) {
        lingering.remove(member.session());
      }
      return;
    }
    boolean over = told.isOver();
    if (left != null
        && (told.generation() > left.generation()
            || (over && told.generation() == left.generation()))) {
      lingering.remove(member.session());
    }
    if (member == owner && told.generation() == generation) {
      hearOwner(told, over);
    } else if (member == successor && told.generation() == successorGeneration) {
      hearSuccessor(told, over, nextSequence);
    } else if (!over && member != owner && member != successor) {
      hearOther(member, told, adopting, nextSequence);
    }
  }

  private void hearOwner(TaskStatus told, boolean over) {
    phase = told.phase();
    hopeless &= !isRunning();
    commit = Math.max(commit, told.commit());
    behind = told.behind();
    fetching = told.fetching();
    work.add(told.bytes(), told.records());
    if (over) {
      fail(told.failure());
      owner = null;
      phase = null;
    }
  }

  private void hearSuccessor(TaskStatus told, boolean over, long nextSequence) {
    successorPhase = told.phase();
    behind = told.behind();
    fetching = told.fetching();
    if (over) {
      fail(told.failure());
      dropSuccessor();
    } else if (told.phase() == Phase.RUNNING || told.phase() == Phase.FINISHED) {
      Member adopted = successor;
      release(nextSequence);
      own(adopted, told);
      dropSuccessor();
    }
  }

  private void fail(@Nullable Failure why) {
    if (why != null) {
      LOG.warn("Task {} failed: {}", task, why.message());
      failures++;
      failure = why;
      hopeless = why.fatal();
    }
  }

  private void hearOther(Member member, TaskStatus told, boolean adopting, long nextSequence) {
    if (lingering.containsKey(member.session())) {
      return;
    }
    boolean runs = told.phase() == Phase.RUNNING || told.phase() == Phase.FINISHED;
    if (adopting && runs && told.generation() > generation) {
      release(nextSequence);
      own(member, told);
    } else if (adopting && !runs && told.generation() > Math.max(generation, successorGeneration)) {
      cancel(nextSequence);
      start(member, told.generation(), member.heardMs());
      successorPhase = told.phase();
      successorIsAdopted = true;
    } else {
      linger(member, told.generation(), nextSequence);
    }
  }

  private void own(@Nullable Member member, TaskStatus told) {
    owner = member;
    generation = told.generation();
    phase = told.phase();
    hopeless = false;
    commit = told.commit();
    work.begin(told.bytes(), told.records());
  }

  TaskView view() {
    Member has = owner;
    Member next = successor;
    return new TaskView(
        task,
        has == null ? -1 : has.number(),
        has == null ? 0 : generation,
        has == null ? successorPhase : phase,
        next == null ? -1 : next.number(),
        commit,
        behind,
        fetching,
        failures,
        failure);
  }

  /** What the task has done since the last checkpoint, summed over its owners. */
  static final class Work {
    private long toldBytes;
    private long toldRecords;
    private long bytes;
    private long records;
    private long bytesAtCut;
    private long recordsAtCut;

    /** An owner counts from there on. */
    private void begin(long fromBytes, long fromRecords) {
      toldBytes = fromBytes;
      toldRecords = fromRecords;
    }

    private void add(long newBytes, long newRecords) {
      bytes += newBytes < toldBytes ? newBytes : newBytes - toldBytes;
      records += newRecords < toldRecords ? newRecords : newRecords - toldRecords;
      begin(newBytes, newRecords);
    }

    /** A checkpoint is announced. */
    void cut() {
      bytesAtCut = bytes;
      recordsAtCut = records;
    }

    /** That checkpoint is complete. */
    void covered() {
      bytes -= bytesAtCut;
      records -= recordsAtCut;
      cutNothing();
    }

    /** That checkpoint failed. */
    void cutNothing() {
      bytesAtCut = 0;
      recordsAtCut = 0;
    }

    long bytes() {
      return bytes;
    }

    long records() {
      return records;
    }
  }
}
