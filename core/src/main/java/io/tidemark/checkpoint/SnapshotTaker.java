package io.tidemark.checkpoint;

import io.tidemark.api.StateException;
import io.tidemark.checkpoint.PreparedSnapshot.FrozenEngines;
import io.tidemark.checkpoint.SegmentWriter.Segment;
import io.tidemark.checkpoint.SnapshotDraft.Frozen;
import io.tidemark.journal.JournalReader;
import io.tidemark.state.EngineCommit;
import io.tidemark.system.Failpoint;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes tasks' snapshots to the blob store, in the background while the tasks go on.
 *
 * <p>A snapshot is the engines' files, as of some commit up to the cut, and the piece of the
 * journal from there to the cut. Mostly the files of the last completed checkpoint are kept and
 * another piece of the journal is added; when these pieces grow long, the engines' present files
 * are taken, of which only new ones are written.
 *
 * <p>Invariant: nothing is taken to be in the blob store that is not in a completed checkpoint or
 * was written by this very call; so whatever else is deleted there, and wherever this fails, a
 * manifest that is returned is whole.
 *
 * <p>Threads: any; several snapshots may be taken at the same time, of one task one.
 */
public final class SnapshotTaker {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotTaker.class);

  private final SnapshotSettings settings;
  private final BlobStore blobs;
  private final Executor executor;
  private final LongSupplier nanoClock;
  private final RateLimit limit;
  private final Hashes hashes = new Hashes();

  /**
   * @param blobs where snapshots go
   * @param executor runs what is done at the same time as the calling thread works
   * @param nanoClock the time in nanoseconds since some moment
   * @param pause lets so many nanoseconds pass
   */
  public SnapshotTaker(
      SnapshotSettings settings,
      BlobStore blobs,
      Executor executor,
      LongSupplier nanoClock,
      LongConsumer pause) {
    this.settings = settings;
    this.blobs = blobs;
    this.executor = executor;
    this.nanoClock = nanoClock;
    this.limit = new RateLimit(settings.bytesPerSecond(), nanoClock, pause);
  }

  /**
   * What a snapshot is taken of.
   *
   * @param cut the task at the cut
   * @param engines its engines; it has none if it has no stores
   * @param journal opens the task's journal
   * @param partition the task's partition there
   * @param staging a directory of this task's alone, on the file system of its engines' files; what
   *     is in it is deleted before and after
   * @param former the task's part of a completed checkpoint, which this one may build on: the
   *     latest, or the one that the task was begun from; null if there is none, or if the task was
   *     begun from several
   * @param sameJournal whether {@code former} was taken from this journal; if not, the journal
   *     begins with the block after the former one's cut
   * @param kept other parts of completed checkpoints whose blobs need not be written again
   */
  public record Request(
      TaskCut cut,
      TaskEngines engines,
      Supplier<JournalReader> journal,
      int partition,
      Path staging,
      @Nullable TaskManifest former,
      boolean sameJournal,
      List<TaskManifest> kept) {
    public Request {
      kept = List.copyOf(kept);
    }
  }

  /**
   * Begins a snapshot: engines' files that are probably needed are set apart. Short, so that
   * engines need not be kept from going past the cut until what takes long has its turn.
   *
   * @throws SnapshotException if local files fail
   */
  public PreparedSnapshot prepare(Request request) {
    long begun = nanoClock.getAsLong();
    try {
      Staging.delete(request.staging()); // what a crash has left
      // Of its own, as a former owner of the task may still be at work on this machine.
      Path staging = Staging.create(request.staging().resolve(UUID.randomUUID().toString()));
      try {
        FrozenEngines frozen =
            needsFiles(request) ? freeze(request, staging, settings.tailBytes()) : null;
        return new PreparedSnapshot(request, staging, frozen, begun);
      } catch (IOException | RuntimeException e) {
        new PreparedSnapshot(request, staging, null, begun).close();
        throw e;
      }
    } catch (IOException | UncheckedIOException e) {
      throw localFiles(request, e);
    }
  }

  /**
   * Takes a snapshot that was begun; returns when all of it is in the blob store.
   *
   * @throws SnapshotException if the cut can no longer be had, or local files fail
   * @throws BlobStoreException (TM-8101) if the blob store fails
   */
  public TaskManifest take(PreparedSnapshot prepared) {
    try {
      SnapshotDraft draft = draft(prepared);
      return upload(prepared.request(), draft, prepared.begun(), nanoClock.getAsLong());
    } catch (IOException | UncheckedIOException e) {
      throw localFiles(prepared.request(), e);
    }
  }

  /** Takes a snapshot from its beginning to its end. */
  public TaskManifest take(Request request) {
    try (PreparedSnapshot prepared = prepare(request)) {
      return take(prepared);
    }
  }

  private static SnapshotException localFiles(Request request, Exception e) {
    return new SnapshotException(
        SnapshotException.LOCAL_FILES,
        String.format(
            "the snapshot of task %s at commit %d failed in %s: %s. If the task has not moved"
                + " away meanwhile, check the disk",
            request.cut().task(), request.cut().commit(), request.staging(), e),
        e);
  }

  private SnapshotDraft draft(PreparedSnapshot prepared) throws IOException {
    Request request = prepared.request();
    Path staging = prepared.staging();
    if (request.engines().stores().isEmpty()) {
      return new SnapshotDraft(List.of(), List.of(), List.of(), null);
    }
    SnapshotDraft further = further(request, staging, false);
    if (further != null && !settings.isTimeForFiles(further.segmentBytes(), further.lastBytes())) {
      return further;
    }
    FrozenEngines frozen = prepared.frozen();
    if (frozen == null) {
      frozen = freeze(request, staging, further == null ? settings.tailBytes() : 0);
    }
    if (frozen != null) {
      return anew(request, staging, frozen);
    }
    if (further == null) {
      further = further(request, staging, true);
    }
    if (further == null) {
      throw new SnapshotException(
          SnapshotException.PAST_THE_CUT,
          String.format(
              "the engines of task %s are past commit %d, of which a snapshot is wanted; the next"
                  + " checkpoint is taken in time",
              request.cut().task(), request.cut().commit()),
          null);
    }
    return further;
  }

  /**
   * Whether no segment can follow the former checkpoint's, or another like the last is too long.
   */
  private boolean needsFiles(Request request) {
    TaskManifest former = request.former();
    if (former == null || !mayBuildOn(former, request)) {
      return !request.engines().stores().isEmpty();
    }
    List<SegmentRef> segments = former.segments();
    long last = segments.isEmpty() ? 0 : segments.get(segments.size() - 1).size();
    return segments.size() >= settings.tailSegments() || room(former, request.cut()) < 2 * last;
  }

  private static boolean mayBuildOn(TaskManifest former, Request request) {
    return former.commit() <= request.cut().commit()
        && types(former).equals(request.engines().stores().keySet());
  }

  /** How long another segment may be. */
  private long room(TaskManifest former, TaskCut cut) {
    long tail = former.segmentBytes();
    return Math.max(0, settings.mostTail(cut.task(), former.totalBytes() - tail) - tail);
  }

  /**
   * The files of the former checkpoint and one more segment.
   *
   * @param atAnyLength whether segments may become longer than they should
   * @return null if there is no former checkpoint to build on, or segments are too long
   */
  private @Nullable SnapshotDraft further(Request request, Path staging, boolean atAnyLength)
      throws IOException {
    TaskManifest former = request.former();
    TaskCut cut = request.cut();
    if (former == null
        || !mayBuildOn(former, request)
        || (!atAnyLength && former.segments().size() >= settings.tailSegments())) {
      return null;
    }
    if (former.commit() == cut.commit()) {
      return new SnapshotDraft(former.engines(), List.of(), former.segments(), null);
    }
    try {
      long position = request.sameJournal() ? former.position() : SegmentWriter.OLDEST;
      Segment segment =
          new SegmentWriter(request.journal(), request.partition(), cut)
              .copy(
                  former.commit() + 1,
                  position,
                  staging.resolve("further"),
                  atAnyLength ? Long.MAX_VALUE : room(former, cut));
      return segment == null
          ? null
          : new SnapshotDraft(former.engines(), List.of(), former.segments(), segment);
    } catch (StateException | SnapshotException e) {
      LOG.info(
          "Task {}: the snapshot at commit {} cannot build on the one at {}: {}",
          cut.task(),
          cut.commit(),
          former.commit(),
          e.getMessage());
      return null;
    }
  }

  private static Set<String> types(TaskManifest manifest) {
    return manifest.engines().stream().map(EngineManifest::type).collect(Collectors.toSet());
  }

  /** The engines' present files; null if one of them is past the cut. */
  private static @Nullable FrozenEngines freeze(Request request, Path staging, long mostUnflushed)
      throws IOException {
    List<Frozen> engines = new ArrayList<>();
    EngineCommit oldest = null;
    Failpoint.pass("snapshot.before-freeze");
    for (String type : request.engines().stores().keySet()) {
      Path directory = Staging.create(staging.resolve("engines").resolve(type));
      EngineCommit commit = request.engines().freeze(type, directory, mostUnflushed);
      if (commit.number() > request.cut().commit()) {
        return null;
      }
      engines.add(new Frozen(type, commit.number(), directory, Staging.files(directory)));
      oldest = oldest == null || commit.number() < oldest.number() ? commit : oldest;
    }
    Failpoint.pass("snapshot.after-freeze");
    return new FrozenEngines(engines, Objects.requireNonNull(oldest));
  }

  /** Files that were set apart, and a segment if they do not equal the cut. */
  private static SnapshotDraft anew(Request request, Path staging, FrozenEngines frozen)
      throws IOException {
    EngineCommit oldest = frozen.oldest();
    if (oldest.number() == request.cut().commit()) {
      return new SnapshotDraft(List.of(), frozen.engines(), List.of(), null);
    }
    SegmentWriter writer = new SegmentWriter(request.journal(), request.partition(), request.cut());
    long position = oldest.number() == 0 ? SegmentWriter.OLDEST : oldest.position();
    Segment segment =
        writer.copy(oldest.number() + 1, position, staging.resolve("segment"), Long.MAX_VALUE);
    return new SnapshotDraft(List.of(), frozen.engines(), List.of(), segment);
  }

  private TaskManifest upload(Request request, SnapshotDraft draft, long begun, long frozen) {
    Uploads uploads = new Uploads(settings, blobs, executor, limit, hashes);
    if (request.former() != null) {
      uploads.know(request.former());
    }
    request.kept().forEach(uploads::know);
    Digests digests = new Digests(request.engines(), request.former(), settings.digests());
    var stored = uploads.put(draft.files(), digests.work(draft.frozen()));
    TaskManifest.Work work =
        new TaskManifest.Work(
            uploads.bytesUploaded(),
            uploads.blobsUploaded(),
            uploads.filesShared() + draft.filesKept(),
            (frozen - begun) / 1_000_000,
            (nanoClock.getAsLong() - frozen) / 1_000_000);
    return draft.manifest(request.cut(), stored, digests, work);
  }
}
