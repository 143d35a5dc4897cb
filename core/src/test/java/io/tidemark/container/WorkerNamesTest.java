package io.tidemark.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Config;
import io.tidemark.api.StreamTask;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.StreamSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WorkerNamesTest {
  @TempDir Path directory;

  /** A worker fences whoever wrote last to its tasks, and never another one that runs now. */
  @Test
  void aJobStartsWithItsTasksDividedInAnyWayAfterAnyOther() {
    MemorySystem system = new MemorySystem("memory");
    system.admin().create(new StreamSpec("words", 8, Map.of()));
    for (int workers : new int[] {1, 3, 2, 8, 1, 2}) {
      run(system, 1, workers);
      run(system, 2, workers);
    }
  }

  private void run(MemorySystem system, int containers, int workers) {
    try (JobCoordinator coordinator = job(system, workers).startCoordinator(containers)) {
      List<Job> jobs = new ArrayList<>();
      for (int container = 0; container < containers; container++) {
        jobs.add(
            job(system, workers)
                .join(coordinator.coordinator(), container)
                .restarts(false)
                .start());
      }
      jobs.forEach(Job::awaitRunning);
      coordinator.coordinator().stop();
      for (Job job : jobs) {
        assertThat(job.awaitEnd(Duration.ofSeconds(30))).isTrue();
      }
    }
  }

  private Job.Builder job(MemorySystem system, int workers) {
    return Job.of(config(workers))
        .task(() -> (StreamTask) (envelope, collector, coordinator) -> {})
        .system("memory", new MemoryJournals(system));
  }

  private Config config(int workers) {
    return Config.of(
        Map.of(
            "job.name", "divided",
            "job.state.dir", directory.toString(),
            "task.inputs", "memory.words",
            "container.workers", Integer.toString(workers),
            "systems.memory.factory", "memory"));
  }
}
