package io.tidemark.benchmarks.flink;

import io.tidemark.benchmarks.contender.Assignment;
import java.nio.file.Path;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/**
 * The main class of the contender on Flink: one task manager and the job manager in this JVM. Goes
 * on from the newest checkpoint in the assignment's directory, if there is one.
 */
public final class FlinkContender {
  private FlinkContender() {}

  /** Runs the assignment that is in the file named by the only argument, until it is killed. */
  public static void main(String[] arguments) throws Exception {
    Assignment assignment = Assignment.read(Path.of(arguments[0]));
    try (StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(Settings.of(assignment))) {
      environment.setParallelism(assignment.workers());
      Job.build(environment, assignment);
      environment.execute(assignment.application());
    }
  }
}
