package io.tidemark.checkpoint;

import io.tidemark.system.Failpoint;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Removes the blobs that no checkpoint names: marks what all manifests and the caller name, then
 * sweeps what is older than the grace time.
 *
 * <p>Invariant: no blob that the manifest of a completed checkpoint names is deleted. Therefore
 * nothing is, if a manifest cannot be read; an upload that is younger than the grace time is left
 * alone; and {@code mayDelete} is asked before each delete, which says no when another coordinator
 * has taken over, and when a checkpoint begins that may write a blob again which is old and unnamed
 * now. Given as in use are the blobs of the parts of a checkpoint under way, and of the checkpoints
 * that containers build on: the newest, and the one that the job was started from. Called by one
 * thread at a time.
 */
public final class Collector {
  private static final String CLOCK = "collection/clock";

  private final BlobStore blobs;
  private final Catalog catalog;

  public Collector(BlobStore blobs, Catalog catalog) {
    this.blobs = blobs;
    this.catalog = catalog;
  }

  /**
   * What a collection did.
   *
   * @param blobs how many blobs it deleted
   * @param bytes how many bytes they had
   * @param refused why it deleted nothing; null if nothing stood in its way
   */
  public record Outcome(int blobs, long bytes, @Nullable String refused) {}

  /** The blobs that parts of a checkpoint name. */
  public static Set<String> blobs(Collection<TaskManifest> parts) {
    return Blobs.sizes(parts.stream().flatMap(Blobs::pieces)).keySet();
  }

  /**
   * Collects.
   *
   * @param inUse blobs that stay although no manifest names them yet
   * @param grace how long ago a blob must have been written to go, by the store's clock
   * @param mayDelete asked before each delete; the first no ends the collection
   */
  public Outcome collect(Set<String> inUse, Duration grace, BooleanSupplier mayDelete) {
    if (!mayDelete.getAsBoolean()) {
      return new Outcome(0, 0, null);
    }
    Instant oldEnough = now().minus(grace);
    // Listed before marking, so that what is published meanwhile is marked.
    List<BlobStore.Stat> candidates =
        blobs.list(Blobs.PREFIX).stream()
            .filter(blob -> !inUse.contains(blob.name()) && isOld(blob, oldEnough))
            .toList();
    Set<String> named = new HashSet<>();
    for (Catalog.Entry entry : catalog.list()) {
      CheckpointManifest manifest = entry.manifest();
      if (manifest == null) {
        return new Outcome(0, 0, refusal(entry));
      }
      named.addAll(Blobs.sizes(Blobs.pieces(manifest)).keySet());
    }
    return sweep(
        candidates.stream().filter(blob -> !named.contains(blob.name())), oldEnough, mayDelete);
  }

  private Outcome sweep(
      Stream<BlobStore.Stat> unnamed, Instant oldEnough, BooleanSupplier mayDelete) {
    int deleted = 0;
    long bytes = 0;
    for (BlobStore.Stat listed : (Iterable<BlobStore.Stat>) unnamed::iterator) {
      Failpoint.pass("catalog.within-collect");
      BlobStore.Stat present = blobs.stat(listed.name());
      if (present == null || !isOld(present, oldEnough)) {
        continue; // gone already, or written again since it was listed
      }
      if (!mayDelete.getAsBoolean()) {
        break;
      }
      blobs.delete(listed.name());
      deleted++;
      bytes += present.size();
    }
    return new Outcome(deleted, bytes, null);
  }

  private static boolean isOld(BlobStore.Stat blob, Instant oldEnough) {
    return !blob.written().isAfter(oldEnough);
  }

  private static String refusal(Catalog.Entry entry) {
    return "nothing is collected while the manifest of "
        + entry.location()
        + " cannot be read, because it may name any blob; delete it if it cannot be repaired ("
        + (entry.damage() == null ? "" : entry.damage().getMessage())
        + ")";
  }

  /** The time by the store's clock, which need not be ours. */
  private Instant now() {
    blobs.put(CLOCK, BlobStore.Source.of(new byte[0]));
    BlobStore.Stat written = blobs.stat(CLOCK);
    if (written == null) {
      throw new BlobStoreException(
          BlobStoreException.NOT_FOUND,
          "the blob "
              + CLOCK
              + " is not there just after it was written; does something else"
              + " delete in the job's blob store?",
          null);
    }
    return written.written();
  }
}
