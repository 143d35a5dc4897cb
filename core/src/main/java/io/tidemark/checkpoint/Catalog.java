package io.tidemark.checkpoint;

import io.tidemark.api.CheckpointVerificationException;
import io.tidemark.api.TidemarkException;
import io.tidemark.checkpoint.Location.Kind;
import io.tidemark.config.CheckpointSettings.OnVerificationFailure;
import io.tidemark.system.Failpoint;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The completed checkpoints of a job, as its blob store has them. A checkpoint is there if its
 * manifest is. Any thread may call it; calls block.
 *
 * <p>Lists of a blob store may be behind, so what this object published, and what it is told of
 * ({@link #know}), is looked for by name as well. A manifest that is damaged is shown as such and
 * is never taken for one that is not there.
 */
public final class Catalog {
  /** The code of there being no such checkpoint. */
  public static final String NOT_THERE = "TM-8232";

  private final BlobStore blobs;
  private final Set<String> known = ConcurrentHashMap.newKeySet();

  public Catalog(BlobStore blobs) {
    this.blobs = blobs;
  }

  /**
   * What is there under a location.
   *
   * @param location where
   * @param manifest the manifest; null if it is damaged
   * @param damage what is wrong with it; null if nothing is
   */
  public record Entry(
      Location location,
      @Nullable CheckpointManifest manifest,
      @Nullable CheckpointVerificationException damage) {

    /** The manifest, or else the exception that says what is wrong with it. */
    public CheckpointManifest require() {
      if (damage != null) {
        throw damage;
      }
      return Objects.requireNonNull(manifest);
    }

    private boolean isImported() {
      return manifest != null && manifest.isImported();
    }
  }

  /**
   * The newest checkpoint that can be used.
   *
   * @param manifest its manifest; null if there is no checkpoint at all
   * @param passedOver what is wrong with those that are newer
   */
  public record Latest(
      @Nullable CheckpointManifest manifest, List<CheckpointVerificationException> passedOver) {}

  /**
   * Publishes a checkpoint, all of whose blobs are there. From here on it counts as completed. If
   * it is there already, nothing changes.
   *
   * @throws TidemarkException (TM-8234) if there is another one of this number or name
   */
  public void publish(CheckpointManifest manifest) {
    Location location = Location.of(manifest);
    if (!blobs.putIfAbsent(location.manifest(), ManifestCodec.encode(manifest))) {
      throw new TidemarkException(
          "TM-8234",
          String.format(
              "there is another %s of the job %s already, and it stays as it is; choose another"
                  + " name, or delete it first",
              location, manifest.job()));
    }
    known.add(location.manifest());
  }

  /** Tells of checkpoints that lists may not have yet; ones that are not there do no harm. */
  public void know(Collection<Location> locations) {
    locations.forEach(location -> known.add(location.manifest()));
  }

  /** All checkpoints and savepoints that are there, by number, the newest first. */
  public List<Entry> list() {
    List<Entry> entries = new ArrayList<>();
    for (String name : names(Location.CHECKPOINTS, Location.SAVEPOINTS)) {
      Entry entry = read(Location.parse(name));
      if (entry != null) {
        entries.add(entry);
      }
    }
    entries.sort(Comparator.comparingLong(Catalog::order).reversed());
    return List.copyOf(entries);
  }

  /** The names of the manifests under some prefixes, those included that lists may not have. */
  private Set<String> names(String... prefixes) {
    TreeSet<String> names = new TreeSet<>();
    for (String prefix : prefixes) {
      Stream.concat(
              blobs.list(prefix).stream().map(BlobStore.Stat::name),
              known.stream().filter(name -> name.startsWith(prefix)))
          .filter(Catalog::isManifest)
          .forEach(names::add);
    }
    return names;
  }

  /** Blobs of other names are not the catalog's. */
  private static boolean isManifest(String name) {
    try {
      return Location.parse(name).manifest().equals(name);
    } catch (TidemarkException e) {
      return false;
    }
  }

  /** A damaged savepoint has no number that could be read; it comes last. */
  private static long order(Entry entry) {
    return entry.manifest != null ? entry.manifest.number() : entry.location.number();
  }

  /** What is there under a location that is not the latest; null if nothing is. */
  private @Nullable Entry read(Location location) {
    byte[] bytes;
    try {
      bytes = blobs.read(location.manifest());
    } catch (BlobStoreException e) {
      if (e.code().equals(BlobStoreException.NOT_FOUND)) {
        return null;
      }
      if (e.code().equals(BlobStoreException.TAMPERED)) {
        return new Entry(location, null, tampered(location, e));
      }
      throw e;
    }
    try {
      CheckpointManifest manifest = ManifestCodec.decode(location.manifest(), bytes);
      requireItsPlace(location, manifest);
      return new Entry(location, manifest, null);
    } catch (CheckpointVerificationException e) {
      return new Entry(location, null, e);
    }
  }

  private static CheckpointVerificationException tampered(Location location, BlobStoreException e) {
    return new CheckpointVerificationException(
        "TM-8230",
        "the manifest " + location.manifest(),
        "what was encrypted under this name",
        String.valueOf(e.getMessage()),
        e);
  }

  private static void requireItsPlace(Location location, CheckpointManifest manifest) {
    Location own = Location.of(manifest);
    if (!own.equals(location)) {
      throw new CheckpointVerificationException(
          "TM-8230",
          "the manifest " + location.manifest(),
          "that of " + location,
          "that of " + own,
          null);
    }
  }

  /**
   * What is there under a location. {@code checkpoint:N} finds a savepoint of that number too.
   *
   * @throws TidemarkException (TM-8232) if nothing is
   */
  public Entry find(Location location) {
    Entry found = location.kind() == Kind.LATEST ? null : read(location);
    if (found != null) {
      return found;
    }
    if (location.kind() != Kind.SAVEPOINT) {
      for (Entry entry : list()) {
        CheckpointManifest manifest = entry.manifest;
        if ((location.kind() == Kind.LATEST && !entry.isImported())
            || (manifest != null && manifest.number() == location.number())) {
          return entry;
        }
      }
    }
    throw missing(location);
  }

  private static TidemarkException missing(Location location) {
    return new TidemarkException(
        NOT_THERE,
        location.kind() == Kind.LATEST
            ? "the job has no completed checkpoint; start it without --from"
            : "there is no "
                + location
                + " in the job's blob store; `tidemark checkpoints list` shows what there is");
  }

  /**
   * Loads a manifest.
   *
   * @throws TidemarkException (TM-8232) if there is none
   * @throws CheckpointVerificationException (TM-8230, TM-8231) if it is damaged
   */
  public CheckpointManifest load(Location location) {
    return find(location).require();
  }

  /**
   * The newest checkpoint or savepoint of the job's own whose manifest can be read and whose blobs
   * are all there, as large as they should be. Their contents are verified when they are read.
   *
   * @param policy whether those that cannot be used are passed over
   * @throws CheckpointVerificationException if the newest cannot be used and may not be passed
   *     over; or if none can be used
   */
  public Latest latestValid(OnVerificationFailure policy) {
    List<CheckpointVerificationException> passedOver = new ArrayList<>();
    for (Entry entry : list()) {
      try {
        CheckpointManifest manifest = entry.require();
        if (manifest.isImported()) {
          continue;
        }
        Blobs.requireAll(blobs, manifest);
        return new Latest(manifest, List.copyOf(passedOver));
      } catch (CheckpointVerificationException e) {
        passedOver.add(e);
        if (policy == OnVerificationFailure.FAIL) {
          throw e;
        }
      }
    }
    if (!passedOver.isEmpty()) {
      throw passedOver.get(0);
    }
    return new Latest(null, List.of());
  }

  /**
   * Looks whether all blobs of a checkpoint are there, as large as they should be.
   *
   * @throws CheckpointVerificationException (TM-8202) if one is not
   */
  public void requireBlobs(CheckpointManifest manifest) {
    Blobs.requireAll(blobs, manifest);
  }

  /**
   * Deletes a checkpoint or savepoint. Its blobs stay until they are collected.
   *
   * @throws TidemarkException (TM-8232) if there is none
   */
  public void delete(Location location) {
    delete(find(location));
  }

  private void delete(Entry entry) {
    Failpoint.pass("catalog.before-delete");
    blobs.delete(entry.location.manifest());
    known.remove(entry.location.manifest());
  }

  /**
   * Deletes checkpoints that are older than the newest {@code keep} undamaged ones. Savepoints
   * stay, and do not count.
   *
   * @param mayDelete asked before each is deleted
   * @return the numbers of those that are gone
   */
  public List<Long> retain(int keep, BooleanSupplier mayDelete) {
    List<Entry> checkpoints =
        list().stream().filter(entry -> entry.location.kind() == Kind.CHECKPOINT).toList();
    List<Long> deleted = new ArrayList<>();
    int kept = 0;
    for (Entry entry : checkpoints) {
      if (kept < Math.max(1, keep)) {
        kept += entry.manifest == null ? 0 : 1;
      } else if (mayDelete.getAsBoolean()) {
        delete(entry);
        deleted.add(entry.location.number());
      } else {
        break;
      }
    }
    return List.copyOf(deleted);
  }
}
