package io.tidemark.container;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.Config;
import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.StreamTask;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.BlobStores;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.SavepointImport;
import io.tidemark.checkpoint.SavepointSource;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.checkpoint.Trigger;
import io.tidemark.config.JobSettings;
import io.tidemark.coordinator.Coordinator;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.state.CommittedStore.Entries;
import io.tidemark.state.KeyRange;
import io.tidemark.state.MemoryEngineFactory;
import io.tidemark.state.StoreSpec;
import io.tidemark.state.StoredEntry;
import io.tidemark.system.KeyHash;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.SystemProducer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is seen of a job from outside, whatever it is read from: always what was committed. */
@Timeout(300)
public abstract class JobStateContract {
  private static final int KEYS = 50;
  private static final int PARTITIONS = 2;

  @TempDir Path directory;

  private final MemorySystem memory = new MemorySystem("memory");
  private final Map<String, Long> sent = new TreeMap<>();
  private final Map<String, String> settings = new TreeMap<>();
  private final AtomicLong processed = new AtomicLong();
  private long total;
  private int starts;

  /** The type of the engine of the job's store. */
  protected abstract String engine();

  /** Whether that engine leaves files in the tasks' directories. */
  protected abstract boolean keepsFiles();

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

  private void begin(int tasks) {
    memory.admin().create(new StreamSpec("in", PARTITIONS, Map.of()));
    settings.put("job.name", "counting");
    settings.put("job.state.dir", directory.toString());
    settings.put("task.inputs", "memory.in");
    settings.put("task.count", Integer.toString(tasks));
    settings.put("task.commit.ms", "5");
    settings.put("task.checkpoint.min.pause.ms", "0");
    settings.put("task.checkpoint.retain", "2");
    settings.put("job.coordinator.heartbeat.ms", "20");
    settings.put("systems.memory.factory", "memory");
    settings.put("systems.memory.key.serde", "string");
    settings.put("systems.memory.msg.serde", "string");
    settings.put("stores.counts.factory", engine());
    settings.put("stores.counts.key.serde", "string");
    settings.put("stores.counts.msg.serde", "long");
  }

  private Job.Builder job(@Nullable Location from) {
    Job.Builder builder =
        Job.of(Config.of(settings))
            .system("memory", new MemoryJournals(memory))
            .restarts(false)
            .task(Counting::new);
    if (from != null) {
      builder.from(new StartFrom(from, "start-" + ++starts, false));
    }
    return builder;
  }

  private void send(int records, Random random) {
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

  /** Processes all that was sent, with some checkpoints on the way, and stops. */
  private void run(@Nullable Location from, String savepoint, Random random) {
    try (Job job = job(from).start()) {
      job.awaitRunning();
      Coordinator coordinator = job.coordinator();
      assertThat(coordinator).isNotNull();
      for (int checkpoint = random.nextInt(3); checkpoint > 0; checkpoint--) {
        send(random.nextInt(200), random);
        awaitProcessed();
        coordinator.requestCheckpoint(Trigger.REQUEST, "").join();
      }
      send(random.nextInt(200), random);
      awaitProcessed();
      if (savepoint.isEmpty()) {
        job.requestStop();
      } else {
        coordinator.stopWithSavepoint(savepoint).join();
      }
      job.awaitEnd();
    }
  }

  private void awaitProcessed() {
    long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (processed.get() < total) {
      assertThat(System.nanoTime()).as("in time").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private JobState look(int timeline) {
    return new JobState(
        Config.of(settings),
        Map.of("memory", new MemoryJournals(memory)),
        new MemoryEngineFactory(),
        System::currentTimeMillis,
        timeline);
  }

  private Map<String, Long> journal(int timeline) {
    try (JobState state = look(timeline)) {
      return read(state, null, false);
    }
  }

  private Map<String, Long> local(int timeline) {
    try (JobState state = look(timeline)) {
      return read(state, null, true);
    }
  }

  private Map<String, Long> checkpoint(Location location) {
    try (JobState state = look(0)) {
      return read(state, state.checkpoint(location), false);
    }
  }

  private Map<String, Long> read(
      JobState state, @Nullable CheckpointManifest checkpoint, boolean local) {
    StoreSpec store = state.store("counts");
    CommittedTask.Use use = new CommittedTask.Use(KeyRange.ALL, false, share -> {});
    Map<String, Long> found = new TreeMap<>();
    for (TaskName task : state.tasksOf("counts", false, checkpoint)) {
      LocalTask here = local ? state.local(task).orElse(null) : null;
      assertThat(local && here == null).as("nothing local of %s", task).isFalse();
      try (CommittedTask committed =
          checkpoint == null
              ? state.open(task, store, here, use)
              : state.openAt(task, store, checkpoint, use)) {
        read(store, committed, found);
      } finally {
        if (here != null) {
          here.close();
        }
      }
    }
    return found;
  }

  private static void read(StoreSpec store, CommittedTask task, Map<String, Long> found) {
    try (Entries entries = task.store().all()) {
      for (StoredEntry next = entries.next(); next != null; next = entries.next()) {
        String key = (String) store.keySerde().fromBytes(next.key());
        byte[] bytes = key.getBytes(StandardCharsets.UTF_8);
        StoredEntry alone = task.store().get(next.key(), bytes, task.slots());
        assertThat(alone).as(key).isNotNull();
        assertThat(alone.value()).isEqualTo(next.value());
        assertThat(found.put(key, (Long) store.valueSerde().fromBytes(next.value()))).isNull();
      }
    }
  }

  /** Forgets what no start of the present timeline needs. */
  private void trim(String journalName) {
    try (JobState state = look(0);
        Journal journal = new MemoryJournals(memory).journal(journalName);
        JournalReader reader = journal.reader()) {
      CheckpointManifest newest = state.checkpoint(Location.LATEST);
      assertThat(newest.timeline().journal()).isEqualTo(journalName);
      List<TaskManifest> parts = newest.tasks();
      for (int partition = 0; partition < parts.size(); partition++) {
        journal.trim(partition, parts.get(partition).position());
        assertThat(reader.oldest(partition)).isPositive();
      }
    }
  }

  private void assertAllAgree() {
    assertThat(journal(0)).isEqualTo(sent);
    if (keepsFiles()) {
      assertThat(local(0)).isEqualTo(sent);
    }
  }

  @Test
  void everySourceShowsWhatIsCommittedAfterTrimsStartsAndDivisions() {
    long seed = Long.getLong("tidemark.seed", System.nanoTime());
    try {
      Random random = new Random(seed);
      int[] tasks = {1, 2, 4};
      begin(tasks[random.nextInt(3)]);
      run(null, "s1", random);
      assertAllAgree();
      assertThat(checkpoint(Location.savepoint("s1"))).isEqualTo(sent);
      trim("counting-1-journal");
      assertAllAgree();
      run(null, "", random);
      assertAllAgree();
      Map<String, Long> first = new TreeMap<>(sent);

      run(null, "s2", random);
      first.putAll(sent);
      settings.put("task.count", Integer.toString(tasks[random.nextInt(3)]));
      begunAndNotRun("s2");
      run(null, "s3", random);
      assertAllAgree();
      assertThat(checkpoint(Location.savepoint("s3"))).isEqualTo(sent);
      assertThat(checkpoint(Location.savepoint("s2"))).isEqualTo(first);
      assertThat(journal(1)).isEqualTo(first);
      assertThat(journal(2)).isEqualTo(sent);

      trim("counting-1-journal-t2");
      run(null, "", random);
      assertAllAgree();
    } catch (Throwable e) {
      throw new AssertionError("with -Dtidemark.seed=" + seed + ": " + e, e);
    }
  }

  /** The state is there as soon as the timeline is, before any task has begun its journal. */
  private void begunAndNotRun(String savepoint) {
    try (JobCoordinator coordinator = job(Location.savepoint(savepoint)).startCoordinator(1)) {
      assertThat(coordinator.coordinator().view().timeline().number()).isEqualTo(2);
    }
    assertThat(journal(0)).isEqualTo(sent);
  }

  @Test
  void theTimelineIsFoundWithoutTheMetadataToo() {
    begin(2);
    Random random = new Random(1);
    run(null, "s1", random);
    run(Location.savepoint("s1"), "s2", random);

    settings.put("job.metadata.file.path", directory.resolve("elsewhere").toString());
    assertAllAgree(); // of the checkpoints
    settings.put("task.checkpoint.store.filesystem.path", directory.resolve("other").toString());
    try (JobState state = look(0)) {
      assertThat(state.journals().name()).isEqualTo("counting-1-journal-t2"); // by its name
    }
  }

  /** Also a savepoint whose timeline has the number that the new job's would have. */
  @Test
  void aJobBeginsFromTheImportedSavepointOfAnotherAndGoesOnFromThere() {
    begin(2);
    Random random = new Random(4);
    run(null, "s1", random);
    Path path =
        directory
            .resolve("counting-1")
            .resolve("checkpoints")
            .resolve("counting-1")
            .resolve("savepoints")
            .resolve("s1");
    settings.put("job.name", "other");
    settings.put("task.count", "4");
    JobSettings other = JobSettings.parse(Config.of(settings));
    SavepointSource source = SavepointSource.at(path);
    assertThat(source.isOwn(other)).isFalse();
    for (boolean first : new boolean[] {true, false}) {
      try (BlobStore from = source.open(other);
          BlobStore own = BlobStores.open(other)) {
        SavepointImport.Outcome outcome =
            new SavepointImport(from, own).run(source.location(), null);
        assertThat(outcome.copied() > 0).isEqualTo(first);
      }
    }
    assertThat(checkpoint(Location.savepoint("s1"))).isEqualTo(sent);

    run(Location.savepoint("s1"), "", random);
    assertAllAgree();
    run(null, "s2", random); // an ordinary start does not mistake it for the newest checkpoint
    assertAllAgree();
    try (JobState state = look(0)) {
      assertThat(state.journals().name()).isEqualTo("other-1-journal-t2");
    }
  }

  @Test
  void aTimelineThatNeverWasIsRefused() {
    begin(2);
    run(null, "s1", new Random(2));

    assertThatThrownBy(() -> journal(3))
        .hasMessageContaining("TM-8331")
        .hasMessageContaining("it is on 1");
  }

  @Test
  void aJournalThatNoCheckpointLeadsToIsRefused() {
    begin(2);
    settings.put("stores.counts.factory", "memory");
    run(null, "s1", new Random(3));
    trim("counting-1-journal");
    settings.put("task.checkpoint.store.filesystem.path", directory.resolve("other").toString());

    assertThatThrownBy(() -> journal(0)).hasMessageContaining("TM-6009");
  }
}
