package io.tidemark.config;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.SystemStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@link JobSettings} of a configuration. Where something is wrong it takes a stand-in and
 * goes on, to find the rest; nothing made with a stand-in leaves {@link #parse}.
 */
final class JobParser {
  private static final long MOST_STATE_MEMORY_BYTES = 1L << 30;

  private final Config config;
  private final Machine machine;
  private final boolean needsTaskClass;
  private final ConfigReader reader;
  private final Serdes serdes;
  private final List<SystemStream> inputs;
  private final Map<String, SystemDefinition> systems;

  JobParser(Config config, Machine machine, boolean needsTaskClass) {
    this.config = config;
    this.machine = machine;
    this.needsTaskClass = needsTaskClass;
    this.reader = new ConfigReader(config);
    this.serdes = new Serdes(config);
    this.inputs = reader.value(Keys.TASK_INPUTS);
    this.systems = systems();
  }

  JobSettings parse() {
    reader.checkThatAllKeysAreKnown();
    for (String name : reader.names("serializers")) {
      reader.value(Keys.SERDE_CLASS, name);
    }
    Map<String, StreamDefinition> streams =
        new StreamParser(reader, readStreams(), systems, this::checkSerde).parse();
    JobSettings settings =
        new JobSettings(
            reader.value(Keys.JOB_NAME),
            reader.value(Keys.JOB_ID),
            stateDirectory(),
            journalSystem(),
            task(streams),
            container(),
            coordinator(),
            Map.copyOf(systems),
            Map.copyOf(streams),
            Map.copyOf(stores(streams)));
    reader.throwIfAnythingIsWrong();
    return settings;
  }

  /** The inputs, and what feeds stores. */
  private List<StreamParser.Use> readStreams() {
    List<StreamParser.Use> read = new ArrayList<>();
    inputs.forEach(input -> read.add(new StreamParser.Use("task.inputs", input)));
    for (String store : reader.names("stores")) {
      SystemStream source = reader.optional(Keys.STORE_SOURCE, store);
      if (source != null) {
        read.add(new StreamParser.Use(Keys.STORE_SOURCE.name().keyFor(store), source));
      }
    }
    return read;
  }

  private Path stateDirectory() {
    Path given = reader.optional(Keys.STATE_DIRECTORY);
    return (given == null ? machine.dataFolder().resolve("tidemark") : given).toAbsolutePath();
  }

  private String journalSystem() {
    String given = reader.optional(Keys.JOURNAL_SYSTEM);
    if (given == null) {
      return inputs.isEmpty() ? "" : inputs.get(0).getSystem();
    }
    if (!systems.containsKey(given)) {
      reader.problem("job.journal.system", StreamParser.undefined(given, systems.keySet()));
    }
    return given;
  }

  private TaskSettings task(Map<String, StreamDefinition> streams) {
    String taskClass = reader.optional(Keys.TASK_CLASS);
    if (needsTaskClass && !config.containsKey("task.class")) {
      reader.problem("task.class", "is missing; " + Keys.TASK_CLASS.meaning());
    }
    return new TaskSettings(
        taskClass,
        inputs.stream().map(input -> named(input, streams)).toList(),
        reader.value(Keys.TASK_GUARANTEE) == Keys.Guarantee.EXACTLY_ONCE,
        reader.value(Keys.TASK_COMMIT_MS),
        reader.value(Keys.TASK_COMMIT_MAX_BYTES),
        reader.value(Keys.TASK_WINDOW_MS),
        reader.value(Keys.TASK_MAX_CONCURRENCY),
        reader.value(Keys.TASK_CALLBACK_TIMEOUT_MS),
        reader.value(Keys.TASK_SHUTDOWN_MS));
  }

  private static SystemStream named(SystemStream input, Map<String, StreamDefinition> streams) {
    StreamDefinition definition = streams.get(input.getStream());
    return definition == null ? input : definition.systemStream();
  }

  private ContainerSettings container() {
    Integer workers = reader.optional(Keys.CONTAINER_WORKERS);
    Long stateMemoryBytes = reader.optional(Keys.CONTAINER_STATE_MEMORY_BYTES);
    return new ContainerSettings(
        reader.value(Keys.CONTAINER_COUNT),
        workers == null ? machine.processors() : workers,
        stateMemoryBytes == null
            ? Math.min(machine.memoryBytes() / 4, MOST_STATE_MEMORY_BYTES)
            : stateMemoryBytes,
        new RestartSettings(
            reader.value(Keys.CONTAINER_RESTART_MAX),
            reader.value(Keys.CONTAINER_RESTART_WINDOW_MS),
            reader.value(Keys.CONTAINER_RESTART_BACKOFF_MS),
            reader.value(Keys.CONTAINER_RESTART_BACKOFF_MAX_MS)),
        rpc());
  }

  private CoordinatorSettings coordinator() {
    long heartbeatMs = reader.value(Keys.COORDINATOR_HEARTBEAT_MS);
    long leaseMs = reader.value(Keys.COORDINATOR_LEASE_MS);
    if (leaseMs / 3 < heartbeatMs) {
      reader.problem(
          "job.coordinator.lease.ms=" + leaseMs,
          "must be at least three times job.coordinator.heartbeat.ms, which is " + heartbeatMs);
    }
    Path given = reader.optional(Keys.METADATA_FILE_PATH);
    String job = reader.value(Keys.JOB_NAME) + "-" + reader.value(Keys.JOB_ID);
    return new CoordinatorSettings(
        reader.value(Keys.COORDINATOR_ADDRESS).orElse(null),
        heartbeatMs,
        leaseMs,
        reader.value(Keys.METADATA_STORE),
        (given == null ? stateDirectory().resolve(job).resolve("metadata") : given)
            .toAbsolutePath());
  }

  private RpcSettings rpc() {
    Path certificate = reader.optional(Keys.CONTAINER_RPC_TLS_CERTIFICATE);
    Path key = reader.optional(Keys.CONTAINER_RPC_TLS_KEY);
    Path ca = reader.optional(Keys.CONTAINER_RPC_TLS_CA);
    if ((certificate == null) != (key == null)) {
      reader.problem(
          certificate == null ? "container.rpc.tls.certificate" : "container.rpc.tls.key",
          "is missing; TLS needs a certificate and its key");
    } else if (certificate == null && ca != null) {
      reader.problem(
          "container.rpc.tls.ca",
          "is of no use without container.rpc.tls.certificate and container.rpc.tls.key");
    }
    return new RpcSettings(
        reader.value(Keys.CONTAINER_RPC_ADDRESS).orElse(null),
        certificate == null || key == null ? null : new RpcSettings.Tls(certificate, key, ca),
        reader.value(Keys.CONTAINER_RPC_INSECURE));
  }

  private Map<String, SystemDefinition> systems() {
    Map<String, SystemDefinition> found = new TreeMap<>();
    for (String name : reader.names("systems")) {
      found.put(
          name,
          new SystemDefinition(
              name,
              reader.value(Keys.SYSTEM_FACTORY, name),
              serde(Keys.SYSTEM_KEY_SERDE, name),
              serde(Keys.SYSTEM_MSG_SERDE, name),
              config.subset("systems." + name + ".")));
    }
    return found;
  }

  private Map<String, StoreDefinition> stores(Map<String, StreamDefinition> streams) {
    Map<String, StoreDefinition> found = new TreeMap<>();
    SourceParser sources = new SourceParser(config, reader, inputs, streams);
    for (String name : reader.names("stores")) {
      found.put(
          name,
          new StoreDefinition(
              name,
              reader.value(Keys.STORE_FACTORY, name),
              serde(Keys.STORE_KEY_SERDE, name),
              serde(Keys.STORE_MSG_SERDE, name),
              reader.value(Keys.STORE_SCOPE, name),
              reader.optional(Keys.STORE_PARTITIONING_KEY, name),
              reader.value(Keys.STORE_CACHE, name),
              reader.value(Keys.STORE_TTL_MS, name),
              (int) Math.min(1 << 30, reader.value(Keys.STORE_MAX_VALUE_BYTES, name)),
              Objects.requireNonNullElse(reader.optional(Keys.STORE_MIGRATIONS, name), List.of()),
              reader.value(Keys.STORE_MIGRATE, name),
              sources.parse(name),
              config.subset("stores." + name + ".")));
    }
    return found;
  }

  private String serde(Key<String> key, String name) {
    String serde = reader.value(key, name);
    checkSerde(key.name().keyFor(name), serde);
    return serde;
  }

  private void checkSerde(String key, @Nullable String serde) {
    if (serde == null) {
      return;
    }
    try {
      serdes.create(key, serde);
    } catch (ConfigException e) {
      reader.problem(e);
    }
  }
}
