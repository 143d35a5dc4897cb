package io.tidemark.benchmarks.samza;

import io.tidemark.benchmarks.contender.Assignment;
import java.nio.file.Path;
import org.apache.samza.config.MapConfig;
import org.apache.samza.job.ApplicationStatus;
import org.apache.samza.runtime.LocalApplicationRunner;

/** Runs an assignment on Samza, in one container within this process, until it is killed. */
public final class SamzaContender {
  private SamzaContender() {}

  /**
   * Runs the assignment of the file that is the only argument. Ends with status 1 when Samza gives
   * up, and with 2 when the assignment asks for what Samza has not.
   */
  public static void main(String[] arguments) {
    Assignment assignment = Assignment.read(Path.of(arguments[0]));
    if (assignment.exactlyOnce()) {
      System.err.println("Samza has at least once only: say exactly.once=false");
      Runtime.getRuntime().exit(2);
    }
    LocalApplicationRunner runner =
        new LocalApplicationRunner(
            new StepApplication(assignment), new MapConfig(SamzaSettings.of(assignment)));
    runner.run();
    runner.waitForFinish();
    if (runner.status().getStatusCode() != ApplicationStatus.StatusCode.SuccessfulFinish) {
      Throwable failure = runner.status().getThrowable();
      if (failure != null) {
        failure.printStackTrace();
      }
      Runtime.getRuntime().exit(1);
    }
  }
}
