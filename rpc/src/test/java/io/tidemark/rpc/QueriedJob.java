package io.tidemark.rpc;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.api.Config;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.PartitioningKey;
import io.tidemark.api.StreamTask;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.container.Job;
import io.tidemark.container.JobCoordinator;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.system.KeyHash;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.SystemProducer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A job of two containers, both in this process, on streams in memory. It counts records by key in
 * the store {@code counts}, and by key and message in {@code items}, whose entries belong where the
 * key does.
 */
final class QueriedJob implements AutoCloseable {
  static final String JOB = "queried-1";
  static final int PARTITIONS = 4;
  static final int CONTAINERS = 2;

  private final MemorySystem memory = new MemorySystem("memory");
  private final Map<String, String> config = new HashMap<>();
  private final Map<Integer, Job> jobs = new TreeMap<>();
  private @Nullable JobCoordinator coordinator;

  QueriedJob(Path stateDirectory) {
    memory.admin().create(new StreamSpec("in", PARTITIONS, Map.of()));
    config.put("job.name", "queried");
    config.put("job.state.dir", stateDirectory.toString());
    config.put("task.inputs", "memory.in");
    config.put("task.commit.ms", "10");
    config.put("systems.memory.factory", "memory");
    config.put("systems.memory.key.serde", "string");
    config.put("systems.memory.msg.serde", "string");
    config.put("container.workers", "2");
    config.put("container.restart.max", "0");
    config.put("stores.counts.factory", "memory");
    config.put("stores.counts.key.serde", "string");
    config.put("stores.counts.msg.serde", "long");
    config.put("stores.items.factory", "memory");
    config.put("stores.items.key.serde", "string");
    config.put("stores.items.msg.serde", "long");
    config.put("stores.items.partitioning.key", BeforeSlash.class.getName());
  }

  QueriedJob with(String key, Object value) {
    config.put(key, value.toString());
    return this;
  }

  /** What a key of {@code items} has before its slash. */
  public static final class BeforeSlash implements PartitioningKey<String> {
    public BeforeSlash() {}

    @Override
    public byte[] of(String key, byte[] bytes) {
      return key.substring(0, key.indexOf('/')).getBytes(UTF_8);
    }
  }

  private static final class Counting implements StreamTask, InitableTask {
    private @Nullable KeyValueStore<String, Long> counts;
    private @Nullable KeyValueStore<String, Long> items;

    @Override
    public void init(Context context) {
      counts = context.getTaskContext().getStore("counts");
      items = context.getTaskContext().getStore("items");
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      String key = (String) envelope.getKey();
      count(Objects.requireNonNull(counts), key);
      count(Objects.requireNonNull(items), key + "/" + envelope.getMessage());
    }

    private static void count(KeyValueStore<String, Long> store, String key) {
      Long before = store.get(key);
      store.put(key, before == null ? 1 : before + 1);
    }
  }

  /** Starts both containers. */
  QueriedJob start() {
    for (int container = 0; container < CONTAINERS; container++) {
      begin(container);
    }
    jobs.values().forEach(Job::awaitRunning);
    return this;
  }

  private Job.Builder builder() {
    return Job.of(Config.of(config))
        .task(Counting::new)
        .system("memory", new MemoryJournals(memory));
  }

  private Job begin(int container) {
    JobCoordinator leader = coordinator;
    if (leader == null) {
      leader = builder().startCoordinator(CONTAINERS);
      coordinator = leader;
    }
    Job job = builder().join(leader.coordinator(), container).start();
    jobs.put(container, job);
    return job;
  }

  /** The number of the container that has a task. */
  int ownerOf(int partition) {
    return Objects.requireNonNull(coordinator).coordinator().view().tasks().stream()
        .filter(task -> task.task().partition() == partition)
        .findFirst()
        .orElseThrow()
        .container();
  }

  void start(int container) {
    begin(container).awaitRunning();
  }

  void stop(int container) {
    Objects.requireNonNull(jobs.remove(container)).stop();
  }

  void send(String key, String message) {
    byte[] bytes = key.getBytes(UTF_8);
    try (SystemProducer producer = memory.producer("test")) {
      producer.send(
          new OutgoingRecord(
              "in",
              KeyHash.partition(bytes, PARTITIONS),
              null,
              bytes,
              message.getBytes(UTF_8),
              -1,
              List.of()));
    }
  }

  @Override
  public void close() {
    jobs.values().forEach(Job::stop);
    if (coordinator != null) {
      coordinator.close();
    }
  }
}
