package io.tidemark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.checkpoint.Difference.Counts;
import io.tidemark.checkpoint.Verifier.Problem;
import io.tidemark.checkpoint.Verifier.Scratch;
import io.tidemark.journal.StoreIdentity;
import io.tidemark.state.Change;
import io.tidemark.state.MemoryEngineFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints of a task that really ran are verified, damaged in every way, and compared. */
class VerifierTest {
  private static final SnapshotSettings SETTINGS =
      new SnapshotSettings(1, -1, 4_000, 16 << 20, 100, true);
  private static final Timeline TIMELINE =
      new Timeline(1, "journal", List.of(new Timeline.StagePlan("main", 1, 1, 128)), List.of());

  @TempDir private Path root;

  private FileBlobStore blobs;
  private Catalog catalog;
  private Verifier verifier;
  private Scratch scratch;
  private SnapshottedTask task;
  private SnapshotTaker taker;

  @BeforeEach
  void begin() throws Exception {
    blobs = new FileBlobStore(root.resolve("blobs"), () -> 0);
    catalog = new Catalog(blobs);
    verifier = new Verifier(blobs, catalog);
    Files.createDirectories(root.resolve("scratch"));
    scratch = new Scratch(root.resolve("scratch"), type -> new MemoryEngineFactory(), Map.of());
    task = new SnapshottedTask(new MemoryEngineFactory(), Map.of(), root.resolve("task"));
    taker = new SnapshotTaker(SETTINGS, blobs, Runnable::run, System::nanoTime, nanos -> {});
  }

  @AfterEach
  void end() throws Exception {
    task.close();
    try (var left = Files.list(root.resolve("scratch"))) {
      assertThat(left).isEmpty();
    }
  }

  private TaskManifest take(TaskManifest former) {
    TaskCut cut = task.cut();
    List<StoreIdentity> stores =
        SnapshottedTask.STORES.stream()
            .map(name -> new StoreIdentity(name, 1, "bytes", "partition", "", List.of("bytes")))
            .toList();
    return taker.take(
        task.request(
            new TaskCut(
                cut.task(),
                cut.tasks(),
                cut.partitions(),
                cut.slots(),
                cut.commit(),
                cut.position(),
                cut.timeMs(),
                cut.positions(),
                stores),
            former,
            true));
  }

  private CheckpointManifest publish(long number, TaskManifest part) {
    CheckpointManifest manifest =
        new CheckpointManifest("job-1", number, "", Trigger.REQUEST, TIMELINE, 1, 2, List.of(part));
    catalog.publish(manifest);
    return manifest;
  }

  /** A base and two segments, in packed and in unpacked blobs. */
  private CheckpointManifest checkpointWithSegments() throws Exception {
    task.commit(SnapshottedTask.puts(0, 300, 1, 1));
    task.applyAllBut(0);
    TaskManifest first = take(null);
    publish(1, first);
    task.commit(SnapshottedTask.puts(0, 20, 1, 2));
    TaskManifest second = take(first);
    task.commit(SnapshottedTask.puts(10, 5, 1, 3));
    return publish(3, take(second));
  }

  private List<Problem> problems() {
    return verifier.verify(Location.LATEST).problems();
  }

  @Test
  void what_was_not_touched_is_sound() throws Exception {
    CheckpointManifest manifest = checkpointWithSegments();

    Verifier.Result result = verifier.verify(Location.checkpoint(3));

    assertThat(result.problems()).isEmpty();
    assertThat(result.bytes()).isEqualTo(manifest.tasks().get(0).totalBytes());
    assertThat(manifest.tasks().get(0).segments()).hasSize(2);
    Verifier.Result replayed = verifier.verifyByReplay(Location.checkpoint(3), scratch);
    assertThat(replayed.problems()).isEmpty();
    assertThat(replayed.digests()).hasSize(3);
    assertThat(replayed.digests().get("main-0/first").entries()).isEqualTo(300);
  }

  @Test
  void every_file_that_is_flipped_cut_deleted_or_swapped_is_named() throws Exception {
    CheckpointManifest manifest = checkpointWithSegments();
    List<Blobs.Piece> pieces = Blobs.pieces(manifest).toList();
    assertThat(pieces.stream().map(Blobs.Piece::blob).distinct().count()).isGreaterThan(3);
    for (Blobs.Piece piece : pieces) {
      for (long at : List.of(0L, piece.size() / 2, piece.size() - 1)) {
        damaged(
            piece.blob(),
            bytes -> {
              bytes[(int) (piece.offset() + at)] ^= 4;
              put(piece.blob(), bytes);
            });
      }
      damaged(
          piece.blob(), bytes -> put(piece.blob(), Arrays.copyOf(bytes, (int) piece.end() - 1)));
      damaged(piece.blob(), bytes -> put(piece.blob(), new byte[0]));
      damaged(piece.blob(), bytes -> blobs.delete(piece.blob()));
      for (Blobs.Piece other : pieces) {
        if (!other.blob().equals(piece.blob())) {
          byte[] others = blobs.read(other.blob());
          damaged(
              piece.blob(),
              bytes -> {
                put(piece.blob(), others);
                put(other.blob(), bytes);
                assertThat(problems().toString()).contains(other.blob());
              });
          put(other.blob(), others);
        }
      }
    }
    assertThat(problems()).isEmpty();
  }

  /** Does harm to a blob, sees that it is named, and makes it good again. */
  private void damaged(String blob, Consumer<byte[]> harm) {
    byte[] bytes = blobs.read(blob);
    harm.accept(bytes.clone());
    assertThat(problems())
        .as(blob)
        .isNotEmpty()
        .allMatch(problem -> !problem.expected().equals(problem.found()))
        .anyMatch(problem -> problem.part().contains(blob));
    assertThat(verifier.verifyByReplay(Location.LATEST, scratch).isSound()).isFalse();
    put(blob, bytes);
  }

  private void put(String blob, byte[] bytes) {
    blobs.put(blob, BlobStore.Source.of(bytes));
  }

  @Test
  void a_damaged_manifest_is_named_and_the_checkpoint_before_is_still_sound() throws Exception {
    checkpointWithSegments();
    String blob = Location.checkpoint(3).manifest();
    byte[] bytes = blobs.read(blob);
    bytes[bytes.length / 2] ^= 1;
    put(blob, bytes);

    assertThat(problems()).hasSize(1).allMatch(problem -> problem.part().contains(blob));
    assertThat(verifier.verify(Location.checkpoint(1)).problems()).isEmpty();
    assertThatThrownBy(() -> verifier.verify(Location.checkpoint(2)))
        .hasMessageStartingWith("TM-8232");
  }

  @Test
  void a_digest_that_is_not_that_of_the_files_is_found_by_replay() throws Exception {
    task.commit(SnapshottedTask.puts(0, 300, 1, 1));
    task.applyAllBut(0);
    TaskManifest part = take(null);
    publish(1, withDigest(part, new SlotDigest(300, 1, 2)));

    assertThat(problems()).isEmpty();
    List<Problem> found = verifier.verifyByReplay(Location.LATEST, scratch).problems();
    assertThat(found).hasSize(1);
    assertThat(found.get(0).part()).contains("main-0").contains("store second, slot 0");
    assertThat(found.get(0).expected()).startsWith("300 entries of digest 0000000000000001");
  }

  @Test
  void files_that_are_not_what_the_journal_made_of_the_checkpoint_before_are_found()
      throws Exception {
    task.commit(SnapshottedTask.puts(0, 30, 1, 1));
    task.applyAllBut(0);
    TaskManifest first = take(null);
    task.commit(SnapshottedTask.puts(0, 30, 2, 2));
    publish(1, take(first));
    task.applyAllBut(0);
    task.commit(SnapshottedTask.puts(0, 30, 3, 3));
    TaskManifest anew = take(null);
    assertThat(anew.engines().get(0).commit()).isEqualTo(2);
    publish(2, anew);
    assertThat(verifier.verifyByReplay(Location.checkpoint(2), scratch).problems()).isEmpty();

    publish(3, withDigest(anew, new SlotDigest(30, 1, 2)));
    catalog.delete(Location.checkpoint(2));

    assertThat(verifier.verifyByReplay(Location.checkpoint(3), scratch).problems())
        .hasSize(2)
        .anyMatch(problem -> problem.part().contains("replayed from the checkpoint before"));
  }

  private static TaskManifest withDigest(TaskManifest part, SlotDigest digest) {
    EngineManifest engine = part.engines().get(0);
    Map<String, Map<Integer, SlotDigest>> digests = new HashMap<>(engine.digests());
    Map<Integer, SlotDigest> slots = new HashMap<>(digests.get("second"));
    slots.put(0, digest);
    digests.put("second", slots);
    return with(
        part,
        List.of(new EngineManifest(engine.type(), engine.commit(), engine.files(), digests)),
        part.segments());
  }

  private static TaskManifest with(
      TaskManifest part, List<EngineManifest> engines, List<SegmentRef> segments) {
    return new TaskManifest(
        part.task(),
        part.tasks(),
        part.partitions(),
        part.slots(),
        part.commit(),
        part.position(),
        part.timeMs(),
        part.positions(),
        part.stores(),
        engines,
        segments,
        part.work());
  }

  @Test
  void parts_that_do_not_go_together_are_found() throws Exception {
    CheckpointManifest good = checkpointWithSegments();
    TaskManifest part = good.tasks().get(0);
    publish(4, with(part, part.engines(), part.segments().subList(1, 2)));
    assertThat(problems()).anyMatch(problem -> problem.expected().startsWith("a segment from"));
    publish(5, with(part, part.engines(), part.segments().subList(0, 1)));
    assertThat(problems()).anyMatch(problem -> problem.expected().startsWith("blocks up to"));
    catalog.publish(
        new CheckpointManifest("job-1", 6, "", Trigger.TASK, TIMELINE, 1, 2, List.of()));
    assertThat(problems()).anyMatch(problem -> problem.part().contains("task main-0"));
    catalog.publish(
        new CheckpointManifest("job-1", 7, "", Trigger.TASK, TIMELINE, 1, 2, List.of(part, part)));
    assertThat(problems()).anyMatch(problem -> problem.found().equals("two"));
    SegmentRef first = part.segments().get(0);
    SegmentRef second = part.segments().get(1);
    SegmentRef swapped =
        new SegmentRef(
            first.from(),
            first.to(),
            second.size(),
            second.sha256(),
            second.blob(),
            second.offset());
    publish(8, with(part, part.engines(), List.of(swapped, second)));
    assertThat(problems()).anyMatch(problem -> problem.expected().contains("blocks 2 to 2"));
  }

  @Test
  void a_difference_counts_entries_and_tells_their_keys_in_order() throws Exception {
    task.commit(SnapshottedTask.puts(0, 100, 1, 1));
    task.applyAllBut(0);
    TaskManifest first = take(null);
    CheckpointManifest one = publish(1, first);
    List<Change> changes = new ArrayList<>(SnapshottedTask.puts(90, 20, 1, 2));
    changes.removeIf(change -> change.store() != 1);
    for (Change change : SnapshottedTask.puts(0, 5, 1, 1)) {
      if (change.store() == 1) {
        changes.add(0, new Change(1, change.key(), null));
      }
    }
    changes.sort((left, right) -> Arrays.compareUnsigned(left.key(), right.key()));
    task.commit(changes);
    CheckpointManifest two = publish(2, take(first));
    List<String> told = new ArrayList<>();
    Difference difference =
        new Difference(
            blobs,
            scratch,
            (name, store, kind, key) ->
                told.add(name + " " + store + " " + String.format("%02x", key[5]) + " " + kind));

    Map<String, Counts> counts = difference.of(one, two);

    assertThat(counts.get("main/second"))
        .isEqualTo(new Counts(85, 5, 5 * 106, 10, 10 * 106, 10, 10 * 106));
    assertThat(counts.get("main/first")).isEqualTo(new Counts(100, 0, 0, 0, 0, 0, 0));
    assertThat(told).hasSize(25).allMatch(line -> line.startsWith("main-0 second "));
    assertThat(new TreeSet<>(told)).containsExactlyElementsOf(told);
    assertThat(new Difference(blobs, scratch, (name, store, kind, key) -> {}).of(two, two))
        .hasSize(3)
        .allSatisfy((store, same) -> assertThat(same.isNone()).isTrue());
  }

  @Test
  void checkpoints_with_other_numbers_of_tasks_are_not_compared() throws Exception {
    CheckpointManifest manifest = checkpointWithSegments();
    CheckpointManifest without =
        new CheckpointManifest("job-1", 9, "", Trigger.TASK, TIMELINE, 1, 2, List.of());

    assertThatThrownBy(
            () ->
                new Difference(blobs, scratch, (name, store, kind, key) -> {})
                    .of(manifest, without))
        .hasMessageStartingWith("TM-8236");
  }
}
