package io.tidemark.coordinator;

import io.tidemark.api.TaskName;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Divides tasks among containers, in proportion to their worker threads and with as few moves as
 * that allows.
 *
 * <p>A container's share is tasks x its workers / all workers; it gets that, rounded down or up.
 * The ones to round up are chosen to be those that have so many tasks already, and next those that
 * have more state of tasks on their disk. Who has too many tasks gives up those without local state
 * first; who has too few gets those first of which it has local state. The same arguments give the
 * same answer.
 */
final class Assignor {
  /**
   * A container.
   *
   * @param session its session
   * @param workers its threads for tasks
   * @param localState the tasks whose state is on its disk
   */
  record Candidate(String session, int workers, Set<TaskName> localState) {}

  private final TreeSet<TaskName> open;
  private final List<Candidate> candidates;
  private final Map<String, List<TaskName>> kept = new HashMap<>();
  private final Map<String, Integer> quotas = new HashMap<>();

  private Assignor(Collection<TaskName> tasks, Collection<Candidate> candidates) {
    this.open = new TreeSet<>(tasks);
    this.candidates = new ArrayList<>(candidates);
    this.candidates.sort(Comparator.comparing(Candidate::session));
  }

  /**
   * Who is to have which task. Each task has one container, if there is any.
   *
   * @param current who has it now, or is about to have it; tasks and containers that are not among
   *     the others given do not matter
   */
  static Map<TaskName, String> assign(
      Collection<TaskName> tasks, Collection<Candidate> candidates, Map<TaskName, String> current) {
    if (candidates.isEmpty()) {
      return Map.of();
    }
    Assignor assignor = new Assignor(tasks, candidates);
    assignor.findCurrent(current);
    assignor.setQuotas();
    assignor.keepWhatFits();
    assignor.giveToLocalState();
    assignor.giveTheRest();
    return assignor.result();
  }

  private void findCurrent(Map<TaskName, String> current) {
    candidates.forEach(candidate -> kept.put(candidate.session(), new ArrayList<>()));
    for (TaskName task : open) {
      List<TaskName> tasks = kept.get(current.getOrDefault(task, ""));
      if (tasks != null) {
        tasks.add(task);
      }
    }
  }

  private List<TaskName> kept(Candidate candidate) {
    return kept.getOrDefault(candidate.session(), List.of());
  }

  private int quota(Candidate candidate) {
    return quotas.getOrDefault(candidate.session(), 0);
  }

  private void setQuotas() {
    long tasks = open.size();
    long workers = candidates.stream().mapToLong(Candidate::workers).sum();
    List<Candidate> fractional = new ArrayList<>();
    long left = tasks;
    for (Candidate candidate : candidates) {
      long down = tasks * candidate.workers() / workers;
      quotas.put(candidate.session(), (int) down);
      left -= down;
      if (tasks * candidate.workers() % workers != 0) {
        fractional.add(candidate);
      }
    }
    fractional.sort(
        Comparator.comparing((Candidate candidate) -> kept(candidate).size() <= quota(candidate))
            .thenComparing(candidate -> localStateWithoutRoom(candidate) <= 0)
            .thenComparing(candidate -> -(tasks * candidate.workers() % workers))
            .thenComparing(Candidate::session));
    fractional
        .subList(0, (int) left)
        .forEach(candidate -> quotas.merge(candidate.session(), 1, Integer::sum));
  }

  private long localStateWithoutRoom(Candidate candidate) {
    return candidate.localState().stream().filter(open::contains).count() - quota(candidate);
  }

  private void keepWhatFits() {
    for (Candidate candidate : candidates) {
      List<TaskName> tasks = kept(candidate);
      tasks.sort(
          Comparator.comparing((TaskName task) -> !candidate.localState().contains(task))
              .thenComparing(Comparator.naturalOrder()));
      while (tasks.size() > quota(candidate)) {
        tasks.remove(tasks.size() - 1);
      }
      tasks.forEach(open::remove);
    }
  }

  private void giveToLocalState() {
    for (Candidate candidate : candidates) {
      for (TaskName task : new TreeSet<>(candidate.localState())) {
        if (kept(candidate).size() < quota(candidate) && open.remove(task)) {
          kept(candidate).add(task);
        }
      }
    }
  }

  /** In turn, so that a stage's tasks, which follow each other, are spread. */
  private void giveTheRest() {
    for (TaskName task : open) {
      Candidate emptiest =
          candidates.stream()
              .filter(candidate -> kept(candidate).size() < quota(candidate))
              .min(
                  Comparator.comparingDouble(
                      candidate -> (double) kept(candidate).size() / candidate.workers()))
              .orElseThrow();
      kept(emptiest).add(task);
    }
  }

  private Map<TaskName, String> result() {
    Map<TaskName, String> result = new TreeMap<>();
    kept.forEach((session, tasks) -> tasks.forEach(task -> result.put(task, session)));
    return result;
  }
}
