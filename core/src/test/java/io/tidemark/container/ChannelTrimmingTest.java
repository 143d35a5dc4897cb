package io.tidemark.container;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Config;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.TaskName;
import io.tidemark.api.TidemarkException;
import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.BlobStores;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.checkpoint.Trigger;
import io.tidemark.config.JobSettings;
import io.tidemark.coordinator.Coordinator;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.state.CommittedStore.Entries;
import io.tidemark.state.KeyRange;
import io.tidemark.state.MemoryEngineFactory;
import io.tidemark.state.StoreSpec;
import io.tidemark.state.StoredEntry;
import io.tidemark.system.KeyHash;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.OffsetRange;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.StreamSystem;
import io.tidemark.system.SystemAdmin;
import io.tidemark.system.SystemConsumer;
import io.tidemark.system.SystemProducer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Two stages that an intermediate stream joins; the second counts. */
@Timeout(300)
class ChannelTrimmingTest {
  private static final int KEYS = 30;
  private static final int PARTITIONS = 2;
  private static final SystemStream CHANNEL = new SystemStream("memory", "channel");

  @TempDir Path directory;

  private final MemorySystem memory = new MemorySystem("memory");
  private final Map<String, Long> sent = new TreeMap<>();
  private final Map<String, String> settings = new TreeMap<>();
  private final AtomicLong processed = new AtomicLong();
  private final Random random = new Random(7);
  private long total;
  private int starts;

  /** Counts the records of each key. */
  private final class Counting implements StreamTask, InitableTask {
    private KeyValueStore<String, Long> counts;

    @SuppressWarnings("NullAway.Init")
    Counting() {}

    @Override
    public void init(Context context) {
      counts = context.getTaskContext().getStore("counts");
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      counts.merge((String) envelope.getKey(), 1L, Long::sum);
      processed.incrementAndGet();
    }
  }

  private static StreamTask forwarding() {
    return (envelope, collector, coordinator) ->
        collector.send(
            new OutgoingMessageEnvelope(CHANNEL, envelope.getKey(), envelope.getMessage()));
  }

  @BeforeEach
  void configure() {
    memory.admin().create(new StreamSpec("in", PARTITIONS, Map.of()));
    settings.put("job.name", "joined");
    settings.put("job.state.dir", directory.toString());
    settings.put("job.stages", "first,second");
    settings.put("stages.first.inputs", "memory.in");
    settings.put("stages.second.inputs", "memory.channel");
    settings.put("stages.second.stores", "counts");
    settings.put("streams.channel.intermediate", "true");
    settings.put("task.commit.ms", "5");
    settings.put("task.checkpoint.min.pause.ms", "0");
    settings.put("task.checkpoint.retain", "2");
    settings.put("job.coordinator.heartbeat.ms", "20");
    settings.put("systems.memory.factory", "memory");
    settings.put("systems.memory.key.serde", "string");
    settings.put("systems.memory.msg.serde", "string");
    settings.put("stores.counts.factory", "memory");
    settings.put("stores.counts.key.serde", "string");
    settings.put("stores.counts.msg.serde", "long");
  }

  private Job.Builder job(@Nullable Location from) {
    Job.Builder builder =
        Job.of(Config.of(settings))
            .system("memory", new MemoryJournals(memory))
            .restarts(false)
            .task("first", ChannelTrimmingTest::forwarding)
            .task("second", Counting::new);
    if (from != null) {
      builder.from(new StartFrom(from, "start-" + ++starts, false));
    }
    return builder;
  }

  private void send(int records) {
    try (SystemProducer producer = memory.producer("test")) {
      for (int i = 0; i < records; i++) {
        String key = "k" + random.nextInt(KEYS);
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        sent.merge(key, 1L, Long::sum);
        total++;
        producer.send(
            new OutgoingRecord(
                "in", KeyHash.partition(bytes, PARTITIONS), bytes, bytes, bytes, -1, List.of()));
      }
    }
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  /** Processes records, each lot before a checkpoint; the last lot behind all of them. */
  private void run(int checkpoints, @Nullable String savepoint) {
    try (Job job = job(null).start()) {
      job.awaitRunning();
      Coordinator coordinator = job.coordinator();
      assertThat(coordinator).isNotNull();
      for (int i = 0; i < checkpoints; i++) {
        send(100);
        await(() -> processed.get() >= total);
        String name = savepoint != null && i == checkpoints / 2 ? savepoint : "";
        coordinator.requestCheckpoint(Trigger.REQUEST, name).join();
      }
      send(100);
      await(() -> processed.get() >= total);
      await(() -> retained() <= 2); // the others are removed in the background
      if (savepoint == null) {
        await(() -> memory.oldest("channel", 0) > 0 && memory.oldest("channel", 1) > 0);
      }
      job.requestStop();
      job.awaitEnd();
    }
  }

  private List<CheckpointManifest> checkpoints() {
    try (BlobStore blobs = BlobStores.open(JobSettings.parse(Config.of(settings)))) {
      return new Catalog(blobs).list().stream().map(Catalog.Entry::require).toList();
    }
  }

  /** How many checkpoints there are that are no savepoints. */
  private long retained() {
    return checkpoints().stream().filter(found -> found.savepoint().isEmpty()).count();
  }

  private void assertThatNoneLacksAnything() {
    List<CheckpointManifest> checkpoints = checkpoints();
    assertThat(checkpoints).isNotEmpty();
    for (CheckpointManifest checkpoint : checkpoints) {
      for (TaskManifest part : checkpoint.tasks()) {
        part.positions()
            .forEach(
                (partition, position) -> {
                  if (partition.getSystemStream().equals(CHANNEL)) {
                    assertThat(Long.parseLong(position))
                        .as("%s of %s", partition, Location.of(checkpoint))
                        .isGreaterThanOrEqualTo(
                            memory.oldest("channel", partition.getPartition().getPartitionId()));
                  }
                });
      }
    }
  }

  private void assertExactFrom(Location from) {
    try (Job job = job(from).untilEnd(true).start()) {
      job.awaitEnd();
    }
    assertThat(counts()).as("begun from %s", from).isEqualTo(sent);
  }

  private Map<String, Long> counts() {
    Map<String, Long> found = new TreeMap<>();
    try (JobState state =
        new JobState(
            Config.of(settings),
            Map.of("memory", new MemoryJournals(memory)),
            new MemoryEngineFactory(),
            System::currentTimeMillis)) {
      StoreSpec store = state.store("counts");
      CommittedTask.Use use = new CommittedTask.Use(KeyRange.ALL, false, share -> {});
      for (TaskName task : state.tasksOf("counts", false, null)) {
        try (CommittedTask committed = state.open(task, store, null, use);
            Entries entries = committed.store().all()) {
          for (StoredEntry next = entries.next(); next != null; next = entries.next()) {
            found.put(
                (String) store.keySerde().fromBytes(next.key()),
                (Long) store.valueSerde().fromBytes(next.value()));
          }
        }
      }
    }
    return found;
  }

  @Test
  void startsFromAnyCheckpointAndSavepointAreExactAfterWhatNoneNeedsIsGone() {
    run(6, null);
    assertThatNoneLacksAnything();
    assertThat(counts()).isEqualTo(sent);

    run(6, "kept");
    assertThatNoneLacksAnything();
    List<CheckpointManifest> retained = checkpoints();
    CheckpointManifest oldest =
        retained.stream().filter(found -> found.savepoint().isEmpty()).reduce((a, b) -> b).get();

    assertExactFrom(Location.of(oldest));
    assertExactFrom(Location.savepoint("kept"));
    run(5, "again"); // on a timeline of its own, while what it was begun from is there
    assertThatNoneLacksAnything();
    assertThat(counts()).isEqualTo(sent);
    assertExactFrom(Location.savepoint("kept"));
  }

  @Test
  void aTimelineWithoutACheckpointOfItsOwnKeepsWhatItsTasksMayRead() {
    run(6, "kept");
    try (BlobStore blobs = BlobStores.open(JobSettings.parse(Config.of(settings)))) {
      long before = memory.oldest("channel", 0);
      new Catalog(blobs).delete(Location.savepoint("kept"));
      trimming(blobs).run(2, () -> true);
      assertThat(memory.oldest("channel", 0)).isEqualTo(before);

      trimming(blobs).run(1, () -> false);
      assertThat(memory.oldest("channel", 0)).isEqualTo(before);
      trimming(blobs).run(1, () -> true);
      assertThat(memory.oldest("channel", 0)).isGreaterThan(before);
    }
    assertThatNoneLacksAnything();
  }

  @Test
  void nothingIsTrimmedWhileAManifestCannotBeRead() {
    run(6, "kept");
    try (BlobStore blobs = BlobStores.open(JobSettings.parse(Config.of(settings)))) {
      String manifest = Location.savepoint("kept").manifest();
      byte[] sound = blobs.read(manifest);
      byte[] damaged = sound.clone();
      damaged[20] ^= 1;
      blobs.put(manifest, BlobStore.Source.of(damaged));
      long before = memory.oldest("channel", 0);
      trimming(blobs).run(1, () -> true);
      assertThat(memory.oldest("channel", 0)).isEqualTo(before);

      blobs.delete(manifest);
      trimming(blobs).run(1, () -> true);
      assertThat(memory.oldest("channel", 0)).isGreaterThan(before);
    }
  }

  private ChannelTrimming trimming(BlobStore blobs) {
    return new ChannelTrimming(
        JobSettings.parse(Config.of(settings)), Map.of("memory", memory), new Catalog(blobs));
  }

  @Test
  void aTrimThatFailsIsTriedAgain() {
    run(6, "kept");
    try (BlobStore blobs = BlobStores.open(JobSettings.parse(Config.of(settings)))) {
      new Catalog(blobs).delete(Location.savepoint("kept"));
      long before = memory.oldest("channel", 0);
      FailingSystem failing = new FailingSystem(memory);
      ChannelTrimming trimming =
          new ChannelTrimming(
              JobSettings.parse(Config.of(settings)),
              Map.of("memory", failing),
              new Catalog(blobs));
      trimming.run(1, () -> true);
      assertThat(memory.oldest("channel", 0)).isEqualTo(before);
      failing.fails = false;
      trimming.run(1, () -> true);
      assertThat(memory.oldest("channel", 0)).isGreaterThan(before);
    }
  }

  /** A system that forgets nothing while it fails. */
  private static final class FailingSystem implements StreamSystem {
    private final StreamSystem system;
    private boolean fails = true;

    FailingSystem(StreamSystem system) {
      this.system = system;
    }

    @Override
    public SystemAdmin admin() {
      SystemAdmin admin = system.admin();
      return new SystemAdmin() {
        @Override
        public Map<String, Integer> partitionCounts(Collection<String> streams) {
          return admin.partitionCounts(streams);
        }

        @Override
        public void create(StreamSpec stream) {
          admin.create(stream);
        }

        @Override
        public Map<SystemStreamPartition, OffsetRange> offsets(
            Set<SystemStreamPartition> partitions) {
          return admin.offsets(partitions);
        }

        @Override
        public void trim(SystemStreamPartition partition, String offset) {
          if (fails) {
            throw new TidemarkException("TM-2001", "the broker is away");
          }
          admin.trim(partition, offset);
        }
      };
    }

    @Override
    public SystemConsumer consumer(String clientId) {
      return system.consumer(clientId);
    }

    @Override
    public SystemProducer producer(String clientId) {
      return system.producer(clientId);
    }

    @Override
    public void close() {}
  }
}
