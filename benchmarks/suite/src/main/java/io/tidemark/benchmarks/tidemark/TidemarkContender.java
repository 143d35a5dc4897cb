package io.tidemark.benchmarks.tidemark;

import io.tidemark.api.Config;
import io.tidemark.benchmarks.contender.Assignment;
import io.tidemark.benchmarks.contender.Workload;
import io.tidemark.container.Job;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A job of Tidemark's that does what its assignment says. */
public final class TidemarkContender {
  private TidemarkContender() {}

  public static void main(String[] arguments) {
    Assignment assignment = Assignment.read(Path.of(arguments[0]));
    Config config = Config.of(settings(assignment));
    Job.Builder builder = Job.of(config).task(() -> WorkloadTask.of(assignment));
    if (assignment.share().isWhole()) {
      Job job = builder.start();
      Runtime.getRuntime().addShutdownHook(new Thread(job::close));
      job.awaitEnd();
    } else {
      SharedJob job = SharedJob.start(builder, assignment.share());
      Runtime.getRuntime().addShutdownHook(new Thread(job::close));
      job.awaitEnd();
    }
  }

  static Map<String, String> settings(Assignment assignment) {
    Map<String, String> settings = new HashMap<>();
    settings.put("job.name", assignment.application());
    settings.put("job.state.dir", assignment.directory().resolve("state").toString());
    settings.put("task.inputs", "kafka." + assignment.input());
    settings.put("task.guarantee", assignment.exactlyOnce() ? "exactly-once" : "at-least-once");
    settings.put("task.commit.ms", Long.toString(assignment.commitInterval().toMillis()));
    settings.put("task.checkpoint.interval.ms", checkpoints(assignment));
    settings.put(
        "task.checkpoint.store.filesystem.path",
        assignment.directory().resolve("checkpoints/blobs").toString());
    settings.put(
        "job.metadata.file.path",
        assignment.directory().resolve("checkpoints/metadata").toString());
    settings.put("systems.kafka.factory", "kafka");
    settings.put("systems.kafka.bootstrap.servers", assignment.bootstrapServers());
    settings.put("job.container.count", Integer.toString(assignment.share().containers()));
    settings.put("container.workers", Integer.toString(assignment.workers()));
    settings.put("container.state.memory.bytes", Long.toString(assignment.memory()));
    putStores(assignment, settings);
    if (assignment.tuned()) {
      settings.putAll(Tuning.settings());
    }
    return settings;
  }

  private static String checkpoints(Assignment assignment) {
    return assignment.checkpointInterval().isZero()
        ? "-1"
        : Long.toString(assignment.checkpointInterval().toMillis());
  }

  private static void putStores(Assignment assignment, Map<String, String> settings) {
    switch (assignment.workload()) {
      case COPY -> {}
      case COUNT -> putStore(settings, "counts", "long");
      case LATEST, READ_MODIFY_WRITE -> putStore(settings, "messages", "bytes");
      case ENRICH -> {
        putStore(settings, "table", "bytes");
        settings.put("stores.table.source", "kafka." + assignment.table());
      }
      case MANY_STORES ->
          names(assignment).values().forEach(name -> putStore(settings, name, "long"));
    }
    if (assignment.workload() != Workload.COPY) {
      settings.put("streams." + assignment.input() + ".key.serde", "long");
      settings.put("streams." + assignment.output() + ".key.serde", "long");
    }
    if (assignment.workload() != Workload.COPY && assignment.workload() != Workload.ENRICH) {
      settings.put("streams." + assignment.output() + ".msg.serde", "long");
    }
  }

  private static void putStore(Map<String, String> settings, String name, String values) {
    settings.put("stores." + name + ".key.serde", "long");
    settings.put("stores." + name + ".msg.serde", values);
  }

  /** The names of the stores, by what a key modulo their number is. */
  static Map<Integer, String> names(Assignment assignment) {
    return IntStream.range(0, assignment.stores())
        .boxed()
        .collect(Collectors.toMap(number -> number, number -> "counts-" + number));
  }
}
