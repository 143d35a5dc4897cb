package io.tidemark.integration;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Config;
import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.BlobStores;
import io.tidemark.checkpoint.Catalog;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.Trigger;
import io.tidemark.checkpoint.Verifier;
import io.tidemark.config.JobSettings;
import io.tidemark.container.Job;
import io.tidemark.container.StartFrom;
import io.tidemark.coordinator.CheckpointRecord;
import io.tidemark.coordinator.Coordinator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A counting job whose checkpoints and metadata are not where its tasks' state is, so that the one
 * can be lost without the other. It takes checkpoints by request only, unless told otherwise.
 */
final class CheckpointedJob {
  /** Longer than a transaction that was left open lasts. */
  private static final long LIMIT_S = 180;

  private final CountingJob job;
  private final Path state;
  private final Path blobs;

  CheckpointedJob(CountingJob job, Path directory) {
    this.job = job;
    this.state = directory.resolve("state");
    this.blobs = directory.resolve("blobs");
    job.with("task.checkpoint.interval.ms", "-1")
        .with("task.checkpoint.min.pause.ms", "0")
        .with("task.checkpoint.store.filesystem.path", blobs.toString())
        .with("job.metadata.file.path", directory.resolve("metadata").toString());
  }

  /** What it counts. */
  CountingJob counting() {
    return job;
  }

  Config config() {
    return job.config();
  }

  JobSettings settings() {
    return JobSettings.parse(config());
  }

  /** The directory of its blob store. */
  Path blobs() {
    return blobs.resolve(settings().job());
  }

  /** Starts it, whole, in this process; returns when it runs. */
  Job start() {
    return running(Job.of(config()).start());
  }

  /** Likewise, begun anew from a checkpoint. */
  Job startFrom(Location location) {
    return running(Job.of(config()).from(from(location)).start());
  }

  /** Stops it with a savepoint. */
  static void stopWith(Job running, String savepoint) throws Exception {
    coordinator(running).stopWithSavepoint(savepoint).get(LIMIT_S, TimeUnit.SECONDS);
    running.awaitEnd();
  }

  static StartFrom from(Location location) {
    return new StartFrom(location, UUID.randomUUID().toString(), false);
  }

  private static Job running(Job started) {
    try {
      started.awaitRunning();
      return started;
    } catch (RuntimeException e) {
      started.close();
      throw e;
    }
  }

  /** Waits until a running job has committed outputs for all that was sent. */
  void awaitAll() {
    awaitOutputs(job.sent());
  }

  /** Waits until so many outputs are committed. */
  void awaitOutputs(long count) {
    try (CommittedRecords<Long> outputs = job.outputs()) {
      outputs.await(count, LIMIT_S);
    }
  }

  /** Takes a checkpoint of a running job. */
  static CheckpointRecord checkpoint(Job running) throws Exception {
    return checkpoint(running, "");
  }

  static CheckpointRecord checkpoint(Job running, String savepoint) throws Exception {
    return coordinator(running)
        .requestCheckpoint(Trigger.REQUEST, savepoint)
        .get(LIMIT_S, TimeUnit.SECONDS);
  }

  static Coordinator coordinator(Job running) {
    return Objects.requireNonNull(running.coordinator(), "it has ended");
  }

  /** The state of all tasks is gone, as on another machine. */
  void loseState() {
    await("the state to be gone", this::deleteState);
  }

  /** A snapshot that outlives its container for a moment may have files come and go. */
  private boolean deleteState() {
    if (!Files.exists(state)) {
      return true;
    }
    try (Stream<Path> found = Files.walk(state)) {
      for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
      return true;
    } catch (NoSuchFileException | DirectoryNotEmptyException e) {
      return false;
    } catch (UncheckedIOException e) {
      if (e.getCause() instanceof NoSuchFileException) {
        return false;
      }
      throw e;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends one more of each key, and checks every count that was ever sent. */
  void assertExactAfterOneMore() {
    job.sendOfEach();
    job.runToEnd();
    job.assertOutputsExact();
  }

  /** The complete checkpoints that are there, the newest first. */
  List<CheckpointManifest> checkpoints() {
    return withCatalog(
        (store, catalog) ->
            catalog.list().stream()
                .map(entry -> Objects.requireNonNull(entry.manifest()))
                .toList());
  }

  Verifier.Result verify(Location location) {
    return withCatalog((store, catalog) -> new Verifier(store, catalog).verify(location));
  }

  void assertSound(Location location) {
    assertThat(verify(location).problems()).as("problems of " + location).isEmpty();
  }

  /** Does something with what is in the blob store. */
  <T> T withCatalog(WithCatalog<T> action) {
    try (BlobStore store = BlobStores.open(settings())) {
      return action.apply(store, new Catalog(store));
    }
  }

  /** Something done with what is in the blob store. */
  interface WithCatalog<T> {
    T apply(BlobStore store, Catalog catalog);
  }

  /** Where each partition of a timeline's journal begins now. */
  Map<Integer, Long> journalBeginnings(int timeline) {
    return job.beginnings(job.journal() + (timeline == 1 ? "" : "-t" + timeline));
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("not within " + Duration.ofSeconds(LIMIT_S) + ": " + what);
      }
      try {
        TimeUnit.MILLISECONDS.sleep(20);
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }
}
