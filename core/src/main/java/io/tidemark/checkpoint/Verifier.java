package io.tidemark.checkpoint;

import io.tidemark.api.CheckpointVerificationException;
import io.tidemark.checkpoint.Blobs.Piece;
import io.tidemark.config.StoreDefinition;
import io.tidemark.state.EngineFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Verifies checkpoints: that every byte is as it was written and everything goes together, and, if
 * wanted, that the stores hold what they should, by restoring them and replaying the journal.
 * Confined to one thread.
 */
public final class Verifier {
  private static final int BUFFER = 1 << 18;

  private final BlobStore blobs;
  private final Catalog catalog;
  private final List<Problem> problems = new ArrayList<>();
  private long bytes;

  public Verifier(BlobStore blobs, Catalog catalog) {
    this.blobs = blobs;
    this.catalog = catalog;
  }

  /**
   * Something that is not as it should be.
   *
   * @param part what it is, with the blob's name
   * @param expected what it should be
   * @param found what it is
   */
  public record Problem(String part, String expected, String found) {
    static Problem of(CheckpointVerificationException e) {
      return new Problem(e.part(), e.expected(), e.found());
    }
  }

  /**
   * What a verification found.
   *
   * @param location what was verified
   * @param manifest its manifest; null if it cannot be read
   * @param problems all that is wrong; empty if nothing is
   * @param bytes how many bytes were read, without the manifest
   * @param digests for each task and store the digest of all entries at the cut; only if the state
   *     was replayed
   */
  public record Result(
      Location location,
      @Nullable CheckpointManifest manifest,
      List<Problem> problems,
      long bytes,
      Map<String, SlotDigest> digests) {
    public Result {
      problems = List.copyOf(problems);
      digests = Map.copyOf(digests);
    }

    /** Whether nothing is wrong. */
    public boolean isSound() {
      return problems.isEmpty();
    }
  }

  /**
   * Where and how states are restored to look into them.
   *
   * @param directory a directory that may be written to
   * @param engines opens engines, by type; the caller closes the factories
   * @param stores the job's stores
   */
  public record Scratch(
      Path directory,
      Function<String, EngineFactory> engines,
      Map<String, StoreDefinition> stores) {
    public Scratch {
      stores = Map.copyOf(stores);
    }
  }

  /**
   * Reads everything once.
   *
   * @throws io.tidemark.api.TidemarkException (TM-8232) if there is no such checkpoint
   */
  public Result verify(Location location) {
    return verify(location, null);
  }

  /** The same; then restores the states, replays the journal, and computes the digests anew. */
  public Result verifyByReplay(Location location, Scratch scratch) {
    return verify(location, scratch);
  }

  private Result verify(Location location, @Nullable Scratch scratch) {
    problems.clear();
    bytes = 0;
    Catalog.Entry entry = catalog.find(location);
    CheckpointManifest manifest = entry.manifest();
    if (manifest == null) {
      if (entry.damage() != null) {
        problems.add(Problem.of(entry.damage()));
      }
      return new Result(entry.location(), null, problems, 0, Map.of());
    }
    problems.addAll(ManifestCheck.of(manifest));
    // A piece may be in the parts of several tasks; it is read once.
    Blobs.pieces(manifest).distinct().forEach(this::readPiece);
    boolean intact = problems.isEmpty();
    if (intact) {
      manifest.tasks().forEach(task -> task.segments().forEach(this::decode));
    }
    Map<String, SlotDigest> digests = new TreeMap<>();
    if (scratch != null && problems.isEmpty()) {
      Replay replay = new Replay(blobs, scratch);
      CheckpointManifest former = former(manifest);
      for (TaskManifest task : manifest.tasks()) {
        problems.addAll(replay.verify(task, part(former, task), digests));
      }
    }
    return new Result(entry.location(), manifest, problems, bytes, digests);
  }

  private void readPiece(Piece piece) {
    String part = piece.what() + " (blob " + piece.blob() + ")";
    MessageDigest digest = ManifestCodec.digest();
    long read = 0;
    try (InputStream in = blobs.open(piece.blob(), piece.offset())) {
      byte[] buffer = new byte[BUFFER];
      while (read < piece.size()) {
        int more = in.readNBytes(buffer, 0, (int) Math.min(BUFFER, piece.size() - read));
        if (more == 0) {
          problems.add(new Problem(part, piece.size() + " bytes", read + " bytes"));
          return;
        }
        digest.update(buffer, 0, more);
        read += more;
      }
    } catch (BlobStoreException e) {
      problems.add(unreadable(part, piece.size(), e));
      return;
    } catch (IOException e) {
      problems.add(new Problem(part, piece.size() + " bytes", e.toString()));
      return;
    } finally {
      bytes += read;
    }
    String found = HexFormat.of().formatHex(digest.digest());
    if (!found.equals(piece.sha256())) {
      problems.add(new Problem(part, "SHA-256 " + piece.sha256(), "SHA-256 " + found));
    }
  }

  /** A store that cannot be reached says nothing of the checkpoint. */
  private static Problem unreadable(String part, long size, BlobStoreException e) {
    return switch (e.code()) {
      case BlobStoreException.NOT_FOUND -> new Problem(part, size + " bytes", "no such blob");
      case BlobStoreException.TAMPERED ->
          new Problem(part, size + " bytes", String.valueOf(e.getMessage()));
      default -> throw e;
    };
  }

  private void decode(SegmentRef segment) {
    if (segment.size() == 0) {
      return;
    }
    try (InputStream in = blobs.open(segment.blob(), segment.offset())) {
      SegmentReader.read(segment, Download.what(segment), in, block -> {});
    } catch (CheckpointVerificationException e) {
      problems.add(Problem.of(e));
    } catch (IOException e) {
      throw new UncheckedIOException("reading the blob " + segment.blob(), e);
    }
  }

  /** The checkpoint before this one, on the same timeline, whose manifest can be read. */
  private @Nullable CheckpointManifest former(CheckpointManifest manifest) {
    for (Catalog.Entry entry : catalog.list()) {
      CheckpointManifest other = entry.manifest();
      if (other != null
          && other.number() < manifest.number()
          && other.timeline().number() == manifest.timeline().number()) {
        return other;
      }
    }
    return null;
  }

  private static @Nullable TaskManifest part(
      @Nullable CheckpointManifest manifest, TaskManifest task) {
    if (manifest != null) {
      for (TaskManifest part : manifest.tasks()) {
        if (part.task().equals(task.task())) {
          return part;
        }
      }
    }
    return null;
  }
}
