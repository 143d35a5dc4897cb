package io.tidemark.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.tidemark.api.CheckpointVerificationException;
import io.tidemark.api.StateException;
import io.tidemark.system.Failpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings tasks' snapshots from the blob store into their state directories.
 *
 * <p>Files go to {@code <engine>.restoring}; when all of a task's files are there and verified, the
 * directories get their names, and the engines may be opened. When those have made durable what is
 * to be applied to them, the files are forced to disk in the background. The file {@code restoring}
 * is there from before the first directory gets its name until all is on disk, and {@link #clean}
 * takes no engine's files that it stands beside. So no crash, not even of the machine, leaves
 * anything half that looks whole.
 *
 * <p>Threads: any; one for each task.
 */
public final class SnapshotRestorer {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotRestorer.class);
  private static final String RESTORING = ".restoring";
  private static final String MARK = "restoring";
  private static final String SEGMENTS = "segments" + RESTORING;

  private final BlobStore blobs;
  private final Executor executor;
  private final int threads;
  private final LongSupplier nanoClock;

  /** Held while files are brought: with all threads at one task, the first one can run sooner. */
  private final Lock bringing = new ReentrantLock();

  /**
   * @param blobs where snapshots are
   * @param executor runs what is done at the same time as the calling thread works, and forces
   *     files to disk after that; if it refuses, or never does, the next start restores again
   * @param threads how many files are brought at the same time
   * @param nanoClock the time in nanoseconds since some moment
   */
  public SnapshotRestorer(BlobStore blobs, Executor executor, int threads, LongSupplier nanoClock) {
    this.blobs = blobs;
    this.executor = executor;
    this.threads = threads;
    this.nanoClock = nanoClock;
  }

  /**
   * How many bytes a restore brings.
   *
   * @param withSegments whether the journal's segments are brought too; not if the journal itself
   *     still has them
   */
  public static long cost(TaskManifest manifest, boolean withSegments) {
    return withSegments ? manifest.totalBytes() : manifest.totalBytes() - manifest.segmentBytes();
  }

  /**
   * Deletes what restores that a crash ended have left in a task's directory, with engines' files
   * of which only some are in place. Call it before the engines are opened.
   *
   * @return whether engines' files were deleted; then the task has no local state
   */
  public static boolean clean(Path directory) {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try {
      List<Path> marks = children(directory, name -> name.startsWith(MARK));
      boolean removed = false;
      for (Path mark : marks) {
        for (String type : typesIn(mark)) {
          Staging.delete(directory.resolve(type));
          removed = true;
        }
      }
      for (Path left : children(directory, name -> name.endsWith(RESTORING))) {
        Staging.delete(left);
      }
      for (Path mark : marks) {
        Files.deleteIfExists(mark);
      }
      return removed;
    } catch (IOException e) {
      throw unwritable(directory, e);
    }
  }

  /** The engines whose files may not be on disk yet; none if they have come there meanwhile. */
  private static List<String> typesIn(Path mark) throws IOException {
    try {
      return Files.readAllLines(mark);
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  /**
   * Whether engines' files in a task's directory may not be on disk yet, or not all in place: a
   * start would restore again.
   */
  public static boolean isUnforced(Path directory) {
    try {
      return Files.isDirectory(directory)
          && !children(directory, name -> name.startsWith(MARK)).isEmpty();
    } catch (IOException e) {
      throw unwritable(directory, e);
    }
  }

  private static List<Path> children(Path directory, Predicate<String> name) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> name.test(String.valueOf(file.getFileName()))).toList();
    }
  }

  /**
   * Puts a snapshot's engine files in place of what a task's directory has of these engines.
   *
   * @param directory the task's, locked by the caller; its engines are closed
   * @param withSegments whether the journal's segments are brought too
   * @return the journal's segments, to be replayed and closed
   * @throws CheckpointVerificationException if anything is not as it was written; the directory is
   *     as it was before
   * @throws BlobStoreException (TM-8101) if the blob store fails
   * @throws StateException (TM-3004) if the directory cannot be written
   */
  public RestoredSnapshot restore(
      TaskManifest manifest,
      Path directory,
      boolean withSegments,
      RestoreProgress.Listener listener) {
    checkStructure(manifest);
    clean(directory);
    ProgressReport progress =
        new ProgressReport(manifest.task(), cost(manifest, withSegments), nanoClock, listener);
    UnforcedFiles unforced;
    try {
      Files.createDirectories(directory);
      Failpoint.pass("restore.before-download");
      try {
        List<Runnable> work = new ArrayList<>();
        for (Download download : downloads(manifest, directory, withSegments)) {
          work.add(() -> download.run(blobs, progress));
        }
        bring(work);
      } catch (RuntimeException e) {
        clean(directory);
        throw e;
      }
      unforced = putInPlace(manifest, directory);
    } catch (IOException | UncheckedIOException e) {
      throw unwritable(directory, e);
    }
    LOG.info(
        "Task {}: restored {} MiB of the snapshot at commit {} in {} ms",
        manifest.task(),
        progress.progress().totalBytes() >> 20,
        manifest.commit(),
        progress.progress().elapsedMs());
    return new RestoredSnapshot(
        manifest,
        directory.resolve(SEGMENTS),
        withSegments ? manifest.segments() : List.of(),
        () -> forceLater(unforced));
  }

  private void bring(List<Runnable> work) {
    bringing.lock();
    try {
      Parallel.run(executor, threads, work);
    } finally {
      bringing.unlock();
    }
  }

  /** The largest first, so that all threads end at about the same time. */
  private static List<Download> downloads(
      TaskManifest manifest, Path directory, boolean withSegments) throws IOException {
    List<Download> downloads = new ArrayList<>();
    for (EngineManifest engine : manifest.engines()) {
      Path target = Files.createDirectories(directory.resolve(engine.type() + RESTORING));
      engine.files().forEach(file -> downloads.add(Download.of(engine.type(), file, target)));
    }
    for (SegmentRef segment : manifest.segments()) {
      if (withSegments && segment.size() > 0) {
        downloads.add(Download.of(segment, Files.createDirectories(directory.resolve(SEGMENTS))));
      }
    }
    downloads.sort(Comparator.comparingLong(Download::size).reversed());
    return downloads;
  }

  /** Gives the directories their names, after the mark is on disk. */
  private static UnforcedFiles putInPlace(TaskManifest manifest, Path directory)
      throws IOException {
    Failpoint.pass("restore.before-rename");
    List<String> types = manifest.engines().stream().map(EngineManifest::type).toList();
    Path mark = Files.createTempFile(directory, MARK, "");
    try (FileChannel written = FileChannel.open(mark, StandardOpenOption.WRITE)) {
      written.write(ByteBuffer.wrap((String.join("\n", types) + "\n").getBytes(UTF_8)));
      written.force(true);
    }
    UnforcedFiles.forceDirectory(directory);
    List<Path> files = new ArrayList<>();
    for (EngineManifest engine : manifest.engines()) {
      Path target = directory.resolve(engine.type());
      Staging.delete(target);
      Files.move(
          directory.resolve(engine.type() + RESTORING), target, StandardCopyOption.ATOMIC_MOVE);
      engine.files().forEach(file -> files.add(target.resolve(file.name())));
    }
    Failpoint.pass("restore.after-rename");
    return new UnforcedFiles(files, mark);
  }

  private void forceLater(UnforcedFiles files) {
    try {
      executor.execute(files);
    } catch (RejectedExecutionException closing) {
      LOG.debug("the mark {} stays", files.mark());
    }
  }

  /** Whether the parts go together: segments without gaps, from the oldest engine to the cut. */
  static void checkStructure(TaskManifest manifest) {
    if (manifest.engines().isEmpty()) {
      return;
    }
    long next = manifest.engines().stream().mapToLong(EngineManifest::commit).min().orElse(0) + 1;
    for (SegmentRef segment : manifest.segments()) {
      if (segment.from() != next || segment.to() < segment.from()) {
        throw structure(manifest, "a segment from block " + next, segment.toString());
      }
      next = segment.to() + 1;
    }
    if (next != manifest.commit() + 1) {
      throw structure(
          manifest, "blocks up to the cut's, " + manifest.commit(), "blocks up to " + (next - 1));
    }
  }

  private static CheckpointVerificationException structure(
      TaskManifest manifest, String expected, String found) {
    return new CheckpointVerificationException(
        CheckpointVerificationException.STRUCTURE,
        "the manifest of task " + manifest.task(),
        expected,
        found,
        null);
  }

  private static StateException unwritable(Path directory, Exception e) {
    return new StateException(
        "TM-3004",
        "a snapshot cannot be restored to "
            + directory
            + ": "
            + e
            + ". Make room or correct its owner or mode, then start the container again",
        e);
  }
}
