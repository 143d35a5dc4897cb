package io.tidemark.coordinator;

import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.Timeline;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which container runs which task. Called under the coordinator's lock.
 *
 * <p>Invariant: whenever a container may take possession that could not before, the ledger was
 * written with generations enough, and so no other coordinator had taken over by then.
 */
final class Placement {
  private static final Logger LOG = LoggerFactory.getLogger(Placement.class);

  private final CoordinatorOptions options;
  private final JobLedger ledger;
  private final LongSupplier nextSequence;
  private final TreeMap<TaskName, Seat> seats = new TreeMap<>();

  Placement(CoordinatorOptions options, JobLedger ledger, LongSupplier nextSequence) {
    this.options = options;
    this.ledger = ledger;
    this.nextSequence = nextSequence;
    for (Timeline.StagePlan stage : ledger.record().timeline().stages()) {
      for (int i = 0; i < stage.tasks(); i++) {
        TaskName task = new TaskName(stage.name(), i);
        seats.put(task, new Seat(task));
      }
    }
  }

  Collection<Seat> seats() {
    return seats.values();
  }

  Seat seat(TaskName task) {
    Seat seat = seats.get(task);
    if (seat == null) {
      throw new IllegalArgumentException("the job has no task " + task);
    }
    return seat;
  }

  boolean has(TaskName task) {
    return seats.containsKey(task);
  }

  /** Takes in what a container says of its tasks. */
  void hear(Member member, boolean adopting) {
    for (Seat seat : seats.values()) {
      seat.hear(member, member.status().tasks().get(seat.task), adopting, nextSequence.getAsLong());
    }
  }

  void gone(Member member) {
    seats.values().forEach(seat -> seat.gone(member));
  }

  /** Whether a container may have anything of any task. */
  boolean involves(Member member) {
    return seats.values().stream().anyMatch(seat -> seat.involves(member));
  }

  Map<TaskName, Orders.Assignment> assignments(Member member) {
    Map<TaskName, Orders.Assignment> assignments = new TreeMap<>();
    for (Seat seat : seats.values()) {
      Orders.Assignment assignment = seat.assignment(member);
      if (assignment != null) {
        assignments.put(seat.task, assignment);
      }
    }
    return assignments;
  }

  boolean areAllRunning() {
    return seats.values().stream().allMatch(Seat::isRunning);
  }

  boolean areAllFinished() {
    return !seats.isEmpty() && seats.values().stream().allMatch(Seat::isFinished);
  }

  /**
   * Gives tasks to containers, and moves them.
   *
   * @param mayRelease whether a running task may be given up now
   */
  void settle(Collection<Member> members, Predicate<TaskName> mayRelease, long nowMs) {
    cancelMovesToWhoLeaves();
    Map<TaskName, Member> wanted = wanted(members);
    List<Seat> starts = starts(wanted);
    List<Seat> opens = new ArrayList<>();
    for (Seat seat : seats.values()) {
      if (seat.isFree() && (seat.successor() != null || starts.contains(seat))) {
        opens.add(seat);
      }
    }
    apply(starts, opens, wanted, nowMs);
    for (Seat seat : seats.values()) {
      Member owner = seat.owner();
      boolean nobodyElse = owner != null && owner.isLeaving() && !wanted.containsKey(seat.task);
      if ((nobodyElse || seat.isMoveDue(nowMs, options.moveWaitMs()))
          && mayRelease.test(seat.task)) {
        LOG.info("Task {} leaves {}", seat.task, owner);
        seat.release(nextSequence.getAsLong());
      }
    }
  }

  private void cancelMovesToWhoLeaves() {
    for (Seat seat : seats.values()) {
      Member successor = seat.successor();
      if (successor != null && successor.isLeaving()) {
        seat.cancel(nextSequence.getAsLong());
      }
    }
  }

  private Map<TaskName, Member> wanted(Collection<Member> members) {
    Map<String, Member> staying = new HashMap<>();
    List<Assignor.Candidate> candidates = new ArrayList<>();
    for (Member member : members) {
      if (!member.isLeaving()) {
        staying.put(member.session(), member);
        candidates.add(
            new Assignor.Candidate(
                member.session(), member.workers(), member.status().localState()));
      }
    }
    List<TaskName> tasks = new ArrayList<>();
    Map<TaskName, String> current = new HashMap<>();
    for (Seat seat : seats.values()) {
      Member has = seat.successor() == null ? seat.owner() : seat.successor();
      if (!seat.isHopeless()) {
        tasks.add(seat.task);
      }
      if (has != null) {
        current.put(seat.task, has.session());
      }
    }
    Map<TaskName, Member> wanted = new HashMap<>();
    Assignor.assign(tasks, candidates, current)
        .forEach((task, session) -> wanted.put(task, staying.get(session)));
    return wanted;
  }

  /** The tasks for which a successor is to be named now. */
  private List<Seat> starts(Map<TaskName, Member> wanted) {
    List<Seat> starts = new ArrayList<>();
    long moving = seats.values().stream().filter(Seat::isMoving).count();
    for (Seat seat : seats.values()) {
      Member owner = seat.owner();
      Member next = wanted.get(seat.task);
      if (seat.successor() != null || next == null || next == owner) {
        continue;
      }
      boolean must = owner == null || owner.isLeaving();
      if (must) {
        starts.add(seat);
      } else if (!seat.isFinished() && moving < options.movesAtATime()) {
        starts.add(seat);
        moving++;
      }
    }
    return starts;
  }

  private void apply(
      List<Seat> starts, List<Seat> opens, Map<TaskName, Member> wanted, long nowMs) {
    if (starts.isEmpty() && opens.isEmpty()) {
      return;
    }
    long generation = ledger.record().generations();
    long needed = starts.size() + opens.stream().filter(Seat::needsGeneration).count();
    ledger.write(ledger.record().withGenerations(generation + needed), nowMs);
    for (Seat seat : starts) {
      Member next = wanted.get(seat.task);
      if (next != null) {
        seat.start(next, ++generation, nowMs);
      }
    }
    for (Seat seat : opens) {
      seat.open(seat.needsGeneration() ? ++generation : generation);
      LOG.info("Task {} goes to {} as generation {}", seat.task, seat.owner(), seat.generation());
    }
  }
}
