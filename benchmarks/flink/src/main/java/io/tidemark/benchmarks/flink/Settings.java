package io.tidemark.benchmarks.flink;

import io.tidemark.benchmarks.contender.Assignment;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.CoreOptions;
import org.apache.flink.configuration.DeploymentOptions;
import org.apache.flink.configuration.ExecutionOptions;
import org.apache.flink.configuration.ExternalizedCheckpointRetention;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.PipelineOptions;
import org.apache.flink.configuration.RestOptions;
import org.apache.flink.configuration.StateBackendOptions;
import org.apache.flink.configuration.StateRecoveryOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.core.execution.CheckpointingMode;
import org.apache.flink.core.execution.RecoveryClaimMode;
import org.apache.flink.state.rocksdb.RocksDBConfigurableOptions;
import org.apache.flink.state.rocksdb.RocksDBOptions;
import org.rocksdb.CompressionType;

/**
 * What Flink and its Kafka clients are set to. What an assignment dictates holds for both tunings;
 * the rest is in TUNING.md.
 */
final class Settings {
  /** Below what brokers allow, which is 15 minutes where nobody changed it. */
  private static final Duration TRANSACTION_LIMIT = Duration.ofMinutes(10);

  private Settings() {}

  static Configuration of(Assignment assignment) {
    Configuration settings = dictated(assignment);
    checkpoint(assignment, settings);
    if (assignment.tuned()) {
      tune(assignment, settings);
    }
    tried("flink.").forEach(settings::setString);
    return settings;
  }

  private static Configuration dictated(Assignment assignment) {
    Configuration settings = new Configuration();
    String state = assignment.directory().toAbsolutePath().resolve("state").toString();
    settings.set(DeploymentOptions.TARGET, "local");
    settings.set(DeploymentOptions.ATTACHED, true);
    settings.set(RestOptions.BIND_PORT, "0");
    settings.set(RestOptions.BIND_ADDRESS, "127.0.0.1");
    settings.set(CoreOptions.TMP_DIRS, state);
    settings.set(RocksDBOptions.LOCAL_DIRECTORIES, state);
    settings.set(StateBackendOptions.STATE_BACKEND, "rocksdb");
    settings.set(TaskManagerOptions.NUM_TASK_SLOTS, assignment.workers());
    settings.set(TaskManagerOptions.MANAGED_MEMORY_SIZE, new MemorySize(assignment.memory()));
    return settings;
  }

  private static void checkpoint(Assignment assignment, Configuration settings) {
    String directory = Checkpoints.directory(assignment.directory()).toUri().toString();
    settings.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    settings.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, directory);
    settings.set(CheckpointingOptions.CHECKPOINTING_INTERVAL, assignment.commitInterval());
    settings.set(
        CheckpointingOptions.CHECKPOINTING_CONSISTENCY_MODE,
        assignment.exactlyOnce()
            ? CheckpointingMode.EXACTLY_ONCE
            : CheckpointingMode.AT_LEAST_ONCE);
    settings.set(
        CheckpointingOptions.EXTERNALIZED_CHECKPOINT_RETENTION,
        ExternalizedCheckpointRetention.RETAIN_ON_CANCELLATION);
    Checkpoints.newest(assignment.directory())
        .ifPresent(
            newest -> {
              settings.set(StateRecoveryOptions.SAVEPOINT_PATH, newest.toUri().toString());
              settings.set(StateRecoveryOptions.RESTORE_MODE, RecoveryClaimMode.CLAIM);
            });
  }

  private static void tune(Assignment assignment, Configuration settings) {
    settings.set(PipelineOptions.OBJECT_REUSE, true);
    settings.set(ExecutionOptions.BUFFER_TIMEOUT, Duration.ofMillis(50));
    settings.set(CheckpointingOptions.INCREMENTAL_CHECKPOINTS, true);
    settings.set(RocksDBOptions.FIX_PER_TM_MEMORY_SIZE, new MemorySize(assignment.memory()));
    settings.set(RocksDBConfigurableOptions.USE_BLOOM_FILTER, true);
    settings.set(
        RocksDBConfigurableOptions.COMPRESSION_PER_LEVEL, List.of(CompressionType.NO_COMPRESSION));
  }

  static Properties consumer(Assignment assignment) {
    Properties settings = new Properties();
    if (assignment.exactlyOnce()) {
      settings.setProperty("isolation.level", "read_committed");
    }
    if (assignment.tuned()) {
      settings.setProperty("max.poll.records", "5000");
      settings.setProperty("max.partition.fetch.bytes", Integer.toString(4 << 20));
      settings.setProperty("receive.buffer.bytes", Integer.toString(1 << 20));
      settings.setProperty("commit.offsets.on.checkpoint", "false");
    }
    tried("consumer.").forEach(settings::setProperty);
    return settings;
  }

  static Properties producer(Assignment assignment) {
    Properties settings = new Properties();
    settings.setProperty("transaction.timeout.ms", Long.toString(TRANSACTION_LIMIT.toMillis()));
    if (assignment.tuned()) {
      settings.setProperty("linger.ms", "20");
      settings.setProperty("batch.size", Integer.toString(256 << 10));
      settings.setProperty("buffer.memory", Integer.toString(64 << 20));
      settings.setProperty("send.buffer.bytes", Integer.toString(1 << 20));
      settings.setProperty("retry.backoff.ms", "10");
    }
    tried("producer.").forEach(settings::setProperty);
    return settings;
  }

  /** Returns settings to try: system properties with a prefix, without it. They win. */
  private static Map<String, String> tried(String prefix) {
    Properties given = System.getProperties();
    return given.stringPropertyNames().stream()
        .filter(name -> name.startsWith(prefix))
        .collect(Collectors.toMap(name -> name.substring(prefix.length()), given::getProperty));
  }
}
