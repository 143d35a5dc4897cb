package io.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.TaskName;
import io.tidemark.coordinator.Assignor.Candidate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class AssignorTest {
  private static final int SEEDS = 3000;

  @Test
  void every_task_has_one_container_and_every_container_its_share() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Setting setting = new Setting(seed);
      Map<TaskName, String> assigned = setting.assign();
      assertThat(assigned.keySet()).as("seed %d", seed).isEqualTo(new TreeSet<>(setting.tasks));
      for (Candidate candidate : setting.candidates) {
        double share = setting.share(candidate);
        assertThat((double) count(assigned, candidate.session()))
            .as("seed %d", seed)
            .isBetween(Math.floor(share), Math.ceil(share));
      }
    }
  }

  @Test
  void no_more_tasks_move_than_balance_demands() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Setting setting = new Setting(seed);
      Map<TaskName, String> assigned = setting.assign();
      long moved =
          setting.current.entrySet().stream()
              .filter(entry -> setting.isThere(entry.getValue()))
              .filter(entry -> !entry.getValue().equals(assigned.get(entry.getKey())))
              .count();
      assertThat(moved).as("seed %d", seed).isEqualTo(setting.fewestMoves());
    }
  }

  @Test
  void the_order_of_arguments_does_not_matter() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Setting setting = new Setting(seed);
      Map<TaskName, String> assigned = setting.assign();
      Collections.shuffle(setting.tasks, setting.random);
      Collections.shuffle(setting.candidates, setting.random);
      assertThat(setting.assign()).as("seed %d", seed).isEqualTo(assigned);
    }
  }

  @Test
  void what_is_assigned_stays_so() {
    for (int seed = 0; seed < SEEDS; seed++) {
      Setting setting = new Setting(seed);
      Map<TaskName, String> assigned = setting.assign();
      assertThat(Assignor.assign(setting.tasks, setting.candidates, assigned))
          .as("seed %d", seed)
          .isEqualTo(assigned);
    }
  }

  @Test
  void a_task_goes_to_where_its_state_is() {
    List<TaskName> tasks = tasks(4);
    List<Candidate> candidates =
        List.of(
            new Candidate("a", 1, Set.of(tasks.get(1), tasks.get(3))),
            new Candidate("b", 1, Set.of(tasks.get(0), tasks.get(2))));
    assertThat(Assignor.assign(tasks, candidates, Map.of()))
        .isEqualTo(
            Map.of(tasks.get(0), "b", tasks.get(1), "a", tasks.get(2), "b", tasks.get(3), "a"));
  }

  @Test
  void without_containers_nothing_is_assigned() {
    assertThat(Assignor.assign(tasks(3), List.of(), Map.of())).isEmpty();
  }

  private static List<TaskName> tasks(int count) {
    List<TaskName> tasks = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      tasks.add(new TaskName("main", i));
    }
    return tasks;
  }

  private static long count(Map<TaskName, String> assigned, String session) {
    return assigned.values().stream().filter(session::equals).count();
  }

  /** Tasks and containers out of a seed, after some have come and some have gone. */
  private static final class Setting {
    private final Random random;
    private final List<TaskName> tasks;
    private final List<Candidate> candidates = new ArrayList<>();
    private final Map<TaskName, String> current = new HashMap<>();

    private Setting(int seed) {
      random = new Random(seed);
      tasks = tasks(random.nextInt(30));
      int count = 1 + random.nextInt(6);
      for (int i = 0; i < count; i++) {
        Set<TaskName> local = new TreeSet<>();
        tasks.stream().filter(task -> random.nextInt(4) == 0).forEach(local::add);
        candidates.add(new Candidate("c" + i, 1 + random.nextInt(4), local));
      }
      for (TaskName task : tasks) {
        if (random.nextInt(5) > 0) {
          current.put(task, "c" + random.nextInt(count + 2));
        }
      }
    }

    private Map<TaskName, String> assign() {
      return Assignor.assign(tasks, candidates, current);
    }

    private boolean isThere(String session) {
      return candidates.stream().anyMatch(candidate -> candidate.session().equals(session));
    }

    private double share(Candidate candidate) {
      return (double) (tasks.size() * candidate.workers())
          / candidates.stream().mapToInt(Candidate::workers).sum();
    }

    /** Those above the share rounded down, but for as many as may round up. */
    private long fewestMoves() {
      long surplus = 0;
      long mayRoundUp = 0;
      long left = tasks.size();
      for (Candidate candidate : candidates) {
        double share = share(candidate);
        long down = (long) Math.floor(share);
        long has = count(current, candidate.session());
        left -= down;
        surplus += Math.max(0, has - down);
        mayRoundUp += has > down && share > down ? 1 : 0;
      }
      return surplus - Math.min(mayRoundUp, left);
    }
  }
}
