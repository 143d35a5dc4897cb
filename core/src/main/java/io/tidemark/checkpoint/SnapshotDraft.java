package io.tidemark.checkpoint;

import io.tidemark.checkpoint.SegmentWriter.Segment;
import io.tidemark.checkpoint.Uploads.Stored;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a snapshot is to consist of.
 *
 * @param kept engines whose files are those of a former checkpoint
 * @param frozen engines whose files are new, or all of them
 * @param segments the journal's pieces of the former checkpoint
 * @param segment the piece to add; null if there is none
 */
record SnapshotDraft(
    List<EngineManifest> kept,
    List<Frozen> frozen,
    List<SegmentRef> segments,
    @Nullable Segment segment) {

  /**
   * An engine's files.
   *
   * @param type the engine's type
   * @param commit the number of the commit that they equal
   * @param directory where they are
   * @param files the files
   */
  record Frozen(String type, long commit, Path directory, List<Path> files) {}

  /** All files that have to be in the blob store. */
  List<Path> files() {
    List<Path> files = new ArrayList<>();
    frozen.forEach(engine -> files.addAll(engine.files()));
    if (segment != null && segment.size() > 0) {
      files.add(segment.file());
    }
    return files;
  }

  /** The bytes of all pieces of the journal. */
  long segmentBytes() {
    return segments.stream().mapToLong(SegmentRef::size).sum() + lastBytes();
  }

  /** The bytes of the piece to add. */
  long lastBytes() {
    return segment == null ? 0 : segment.size();
  }

  /** How many files of the former checkpoint are kept. */
  int filesKept() {
    return kept.stream().mapToInt(engine -> engine.files().size()).sum();
  }

  /** The manifest, when it is known where the files are. */
  TaskManifest manifest(
      TaskCut cut, Map<Path, Stored> stored, Digests digests, TaskManifest.Work work) {
    List<EngineManifest> engines = new ArrayList<>(kept);
    for (Frozen engine : frozen) {
      List<FileRef> files = engine.files().stream().map(file -> ref(engine, file, stored)).toList();
      engines.add(
          new EngineManifest(engine.type(), engine.commit(), files, digests.of(engine.type())));
    }
    return new TaskManifest(
        cut.task(),
        cut.tasks(),
        cut.partitions(),
        cut.slots(),
        cut.commit(),
        cut.position(),
        cut.timeMs(),
        cut.positions(),
        cut.stores(),
        engines,
        segments(stored),
        work);
  }

  private static FileRef ref(Frozen engine, Path file, Map<Path, Stored> stored) {
    Stored found = Objects.requireNonNull(stored.get(file));
    return new FileRef(
        engine.directory().relativize(file).toString().replace('\\', '/'),
        found.content().size(),
        found.content().sha256(),
        found.place().blob(),
        found.place().offset());
  }

  /** The pieces; one without changes only makes the piece before it reach further. */
  private List<SegmentRef> segments(Map<Path, Stored> stored) {
    if (segment == null) {
      return segments;
    }
    List<SegmentRef> all = new ArrayList<>(segments);
    if (segment.size() > 0) {
      Stored found = Objects.requireNonNull(stored.get(segment.file()));
      all.add(
          new SegmentRef(
              segment.from(),
              segment.to(),
              segment.size(),
              found.content().sha256(),
              found.place().blob(),
              found.place().offset()));
    } else if (all.isEmpty()) {
      all.add(new SegmentRef(segment.from(), segment.to(), 0, Hashes.of(new byte[0]), "", 0));
    } else {
      SegmentRef last = all.remove(all.size() - 1);
      all.add(
          new SegmentRef(
              last.from(), segment.to(), last.size(), last.sha256(), last.blob(), last.offset()));
    }
    return all;
  }
}
