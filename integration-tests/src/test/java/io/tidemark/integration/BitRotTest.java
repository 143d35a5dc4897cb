package io.tidemark.integration;

import static io.tidemark.integration.CheckpointedJob.checkpoint;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.CheckpointVerificationException;
import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.FileRef;
import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.SegmentRef;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.checkpoint.Verifier;
import io.tidemark.container.Job;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever happens to a file of a checkpoint, verification names it; and a job that has nothing but
 * its checkpoints starts from the one before, or not at all, as is configured.
 */
@Timeout(300)
class BitRotTest {
  private static final int RECORDS = 10_000;
  private static final int KEYS = 2_000;

  @TempDir Path directory;

  /** What may become of a file. */
  private enum Damage {
    FLIPPED,
    TRUNCATED,
    DELETED,
    SWAPPED;

    void to(Path file, Path other) throws IOException {
      byte[] bytes = Files.readAllBytes(file);
      switch (this) {
        case FLIPPED -> {
          bytes[new Random(1).nextInt(bytes.length)] ^= 4;
          Files.write(file, bytes);
        }
        case TRUNCATED -> Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
        case DELETED -> Files.delete(file);
        case SWAPPED -> {
          Files.write(file, Files.readAllBytes(other));
          Files.write(other, bytes);
        }
      }
    }
  }

  @Test
  void any_damage_to_any_file_is_named_and_the_checkpoint_before_takes_its_place()
      throws Exception {
    CheckpointedJob job =
        new CheckpointedJob(
            new CountingJob(LocalKafka.shared(), "bit-rot", 2, directory), directory);
    job.counting().with("task.checkpoint.verification.failure", "fail");
    takeTwo(job);
    List<CheckpointManifest> checkpoints = job.checkpoints();
    CheckpointManifest newest = checkpoints.get(0);
    TreeSet<String> own = new TreeSet<>(blobs(newest));
    for (String blob : own) {
      for (Damage damage : Damage.values()) {
        verificationNames(job, blob, own, damage, Location.of(newest));
      }
    }
    String manifest = Location.of(newest).manifest();
    for (Damage damage : List.of(Damage.FLIPPED, Damage.TRUNCATED, Damage.SWAPPED)) {
      verificationNames(job, manifest, own, damage, Location.of(newest));
    }

    own.removeAll(blobs(checkpoints.get(1)));
    assertThat(own).as("files that only the newest has").hasSizeGreaterThan(1);
    for (Damage damage : Damage.values()) {
      startIsRefused(job, own.first(), own.last(), damage);
    }
    startIsRefused(job, manifest, own.first(), Damage.FLIPPED);

    job.counting().with("task.checkpoint.verification.failure", "previous");
    for (Damage damage : Damage.values()) {
      startsFromTheOneBefore(job, own.first(), own.last(), damage);
    }
    int kind = 0;
    for (String blob : own.tailSet(own.first(), false)) {
      Damage damage = Damage.values()[kind++ % Damage.values().length];
      startsFromTheOneBefore(job, blob, own.first(), damage);
    }
    startsFromTheOneBefore(job, manifest, own.first(), Damage.FLIPPED);
  }

  @Test
  @Tag("matrix")
  void each_damage_to_each_file_leaves_the_checkpoint_before() throws Exception {
    CheckpointedJob job =
        new CheckpointedJob(
            new CountingJob(LocalKafka.shared(), "bit-rot-each", 2, directory), directory);
    job.counting().with("task.checkpoint.verification.failure", "previous");
    takeTwo(job);
    List<CheckpointManifest> checkpoints = job.checkpoints();
    TreeSet<String> own = new TreeSet<>(blobs(checkpoints.get(0)));
    own.removeAll(blobs(checkpoints.get(1)));
    for (String blob : own) {
      String other = own.first().equals(blob) ? own.last() : own.first();
      for (Damage damage : Damage.values()) {
        startsFromTheOneBefore(job, blob, other, damage);
      }
    }
  }

  /** The state is large enough for files of their own; the second has some of the first's. */
  private static void takeTwo(CheckpointedJob job) throws Exception {
    try (Job running = job.start()) {
      job.counting().send(RECORDS, KEYS, 1);
      job.awaitAll();
      checkpoint(running);
      job.counting().send(RECORDS, KEYS, 2);
      job.awaitAll();
      checkpoint(running);
    }
  }

  private static List<String> blobs(CheckpointManifest manifest) {
    List<String> blobs = new ArrayList<>();
    for (TaskManifest task : manifest.tasks()) {
      task.engines().forEach(e -> e.files().stream().map(FileRef::blob).forEach(blobs::add));
      task.segments().stream()
          .filter(segment -> segment.size() > 0)
          .map(SegmentRef::blob)
          .forEach(blobs::add);
    }
    return blobs;
  }

  private static void verificationNames(
      CheckpointedJob job, String blob, TreeSet<String> all, Damage damage, Location location)
      throws IOException {
    String other = all.first().equals(blob) ? all.last() : all.first();
    try (Saved saved = new Saved(job, blob, other)) {
      damage.to(saved.file, saved.other);
      Verifier.Result result = job.verify(location);
      assertThat(result.problems())
          .as(blob + " " + damage)
          .anySatisfy(problem -> assertThat(problem.part()).contains(blob));
    }
    job.assertSound(location);
  }

  private static void startIsRefused(CheckpointedJob job, String blob, String other, Damage damage)
      throws IOException {
    try (Saved saved = new Saved(job, blob, other)) {
      damage.to(saved.file, saved.other);
      job.loseState();
      assertThatThrownBy(() -> job.start().close())
          .as(blob + " " + damage)
          .isInstanceOf(CheckpointVerificationException.class)
          .hasMessageContaining(damage == Damage.SWAPPED ? "" : blob);
    }
  }

  private static void startsFromTheOneBefore(
      CheckpointedJob job, String blob, String other, Damage damage) throws IOException {
    try (Saved saved = new Saved(job, blob, other)) {
      damage.to(saved.file, saved.other);
      job.loseState();
      job.assertExactAfterOneMore();
    }
  }

  /** Two files of the blob store, put back as they were in the end. */
  private static final class Saved implements AutoCloseable {
    final Path file;
    final Path other;
    private final byte[] bytes;
    private final byte[] otherBytes;

    Saved(CheckpointedJob job, String blob, String otherBlob) throws IOException {
      file = job.blobs().resolve(blob);
      other = job.blobs().resolve(otherBlob);
      bytes = Files.readAllBytes(file);
      otherBytes = Files.readAllBytes(other);
    }

    @Override
    public void close() throws IOException {
      Files.write(file, bytes);
      Files.write(other, otherBytes);
    }
  }
}
