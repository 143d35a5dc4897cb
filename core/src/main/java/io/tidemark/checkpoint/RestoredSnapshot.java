package io.tidemark.checkpoint;

import io.tidemark.api.StateException;
import io.tidemark.journal.BlockDecoder.LocatedBlock;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;

/**
 * A snapshot whose engines' files are in place: what is still to be applied to them. Confined to
 * one thread.
 */
public final class RestoredSnapshot implements AutoCloseable {
  private final TaskManifest manifest;
  private final Path directory;
  private final List<SegmentRef> segments;
  private final Runnable keeping;

  RestoredSnapshot(
      TaskManifest manifest, Path directory, List<SegmentRef> segments, Runnable keeping) {
    this.manifest = manifest;
    this.directory = directory;
    this.segments = segments;
    this.keeping = keeping;
  }

  /** What was restored. */
  public TaskManifest manifest() {
    return manifest;
  }

  /**
   * Gives the blocks after the oldest engine's commit up to the cut, in order. Numbers may be left
   * out: of blocks that change no store. An engine may already have some of them.
   *
   * @throws io.tidemark.api.CheckpointVerificationException (TM-8203) if they are not those blocks
   */
  public void replay(Consumer<LocatedBlock> blocks) {
    for (SegmentRef segment : segments) {
      if (segment.size() > 0) {
        try {
          SegmentReader.read(
              segment,
              Download.what(segment),
              Files.newInputStream(Download.file(segment, directory)),
              blocks);
        } catch (IOException e) {
          throw new StateException(
              "TM-3004", "cannot read what was restored to " + directory + ": " + e, e);
        }
      }
    }
  }

  /**
   * The engines have what is to be applied, durably. In the background their files are forced to
   * disk too; until that is done, the next start restores again. Any thread may call it.
   */
  public void keep() {
    keeping.run();
  }

  /** Deletes the segments. */
  @Override
  public void close() {
    try {
      Staging.delete(directory);
    } catch (IOException e) {
      throw new StateException("TM-3004", "cannot delete " + directory + ": " + e, e);
    }
  }
}
