package io.tidemark.examples.embedding;

import io.tidemark.api.Config;
import io.tidemark.api.TidemarkException;
import io.tidemark.container.Job;
import io.tidemark.examples.firstjob.CustomerTotalsTask;
import java.nio.file.Path;

/** Runs the first job inside of this program until it is told to stop. */
public final class TotalsProgram {
  private TotalsProgram() {}

  public static void main(String[] arguments) {
    Config config = Config.load(Path.of(arguments[0]));
    try (Job job = Job.of(config).task(CustomerTotalsTask::new).start()) {
      Runtime.getRuntime().addShutdownHook(new Thread(job::stop));
      job.awaitRunning(); // state is restored, and records are read
      job.awaitEnd();
    } catch (TidemarkException e) {
      System.err.println(e.getMessage());
    }
  }
}
