package io.tidemark.cli.demo;

import io.tidemark.api.Config;
import io.tidemark.api.TidemarkException;
import io.tidemark.container.Progress;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;

/** The processes that run the job: what the demo needs of whoever supervises them. Any thread. */
public interface JobProcesses extends AutoCloseable {

  /** Starts the processes of a job. */
  @FunctionalInterface
  interface Starter {

    /**
     * Starts a job that ends when everything is processed that its inputs hold; returns at once.
     *
     * @param config its configuration
     * @param containers how many processes run it
     * @param news takes a line for the user whenever something happens; any thread calls it
     */
    JobProcesses start(Config config, int containers, Consumer<String> news);
  }

  /**
   * Waits until all processes have ended well.
   *
   * @return false if they have not within {@code limit}
   * @throws TidemarkException if the job failed
   */
  boolean awaitEnd(Duration limit);

  /** What the job has done so far, as far as the processes have told. */
  Progress progress();

  /** The tasks that a container has at the moment. */
  List<Integer> tasksOf(int container);

  /**
   * Kills a container's process (SIGKILL).
   *
   * @return its process id; -1 if it has no process
   */
  long kill(int container);

  /** Ends all processes at once, by force; does nothing if they have ended. */
  @Override
  void close();
}
