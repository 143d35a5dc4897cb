package io.tidemark.checkpoint;

import io.tidemark.api.CheckpointVerificationException;
import io.tidemark.system.Failpoint;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Copies a savepoint or checkpoint of another blob store into a job's own. Blobs are named by their
 * SHA-256, which is verified while they are copied; the manifest comes last, so that what is
 * damaged, or broken off, leaves no savepoint. Confined to one thread.
 *
 * <p>A blob is taken to be there only if a completed checkpoint names it: one that none names may
 * be removed at any time.
 */
public final class SavepointImport {
  private static final Pattern BLOB = Pattern.compile("blobs/[0-9a-f]{2}/[0-9a-f]{64}");

  private final BlobStore source;
  private final BlobStore target;

  /**
   * @param source where it is
   * @param target the job's own store
   */
  public SavepointImport(BlobStore source, BlobStore target) {
    this.source = source;
    this.target = target;
  }

  /**
   * What was done.
   *
   * @param location where it is now
   * @param copied how many blobs were copied
   * @param bytes how many bytes they have
   * @param shared how many were there already
   */
  public record Outcome(Location location, int copied, long bytes, int shared) {}

  /**
   * Copies one. Does nothing that was done before.
   *
   * @param from which one
   * @param name what it is to be named; null for its own name
   * @throws CheckpointVerificationException if it is damaged
   * @throws io.tidemark.api.TidemarkException (TM-8234) if there is another savepoint of that name
   */
  public Outcome run(Location from, @Nullable String name) {
    CheckpointManifest found = new Catalog(source).load(from);
    CheckpointManifest wanted =
        imported(found, name == null ? SavepointSource.defaultName(found) : name);
    Catalog catalog = new Catalog(target);
    if (isTaken(catalog, wanted)) {
      catalog.publish(wanted); // says that there is another one
    }
    Set<String> there = named(catalog);
    int copied = 0;
    long bytes = 0;
    Map<String, Long> sizes = new TreeMap<>(Blobs.sizes(Blobs.pieces(wanted)));
    for (Map.Entry<String, Long> blob : sizes.entrySet()) {
      if (!there.contains(blob.getKey()) || !isWhole(blob.getKey(), blob.getValue())) {
        Failpoint.pass("import.before-copy");
        bytes += copy(blob.getKey(), blob.getValue());
        copied++;
      }
    }
    Failpoint.pass("import.before-publish");
    catalog.requireBlobs(wanted);
    catalog.publish(wanted);
    return new Outcome(Location.of(wanted), copied, bytes, sizes.size() - copied);
  }

  private static CheckpointManifest imported(CheckpointManifest found, String name) {
    Timeline timeline = found.timeline();
    return new CheckpointManifest(
        found.job(),
        found.number(),
        Location.savepoint(name).name(),
        found.trigger(),
        new Timeline(Timeline.ELSEWHERE, timeline.journal(), timeline.stages(), timeline.origins()),
        found.startedMs(),
        found.completedMs(),
        found.tasks());
  }

  private boolean isTaken(Catalog catalog, CheckpointManifest wanted) {
    return target.stat(Location.of(wanted).manifest()) != null
        && !wanted.equals(catalog.find(Location.of(wanted)).manifest());
  }

  private static Set<String> named(Catalog catalog) {
    Set<String> named = new TreeSet<>();
    for (Catalog.Entry entry : catalog.list()) {
      CheckpointManifest manifest = entry.manifest();
      if (manifest != null) {
        named.addAll(Blobs.sizes(Blobs.pieces(manifest)).keySet());
      }
    }
    return named;
  }

  private boolean isWhole(String blob, long least) {
    BlobStore.Stat stat = target.stat(blob);
    return stat != null && stat.size() >= least;
  }

  private long copy(String blob, long least) {
    if (!BLOB.matcher(blob).matches()) {
      throw damaged(CheckpointVerificationException.STRUCTURE, blob, "a name of a blob", blob);
    }
    BlobStore.Stat stat = source.stat(blob);
    if (stat == null || stat.size() < least) {
      throw damaged(
          CheckpointVerificationException.MISSING,
          blob,
          "at least " + least + " bytes",
          stat == null ? "nothing" : stat.size() + " bytes");
    }
    Verified verified = new Verified(blob, stat.size());
    try {
      target.put(blob, verified);
    } catch (RuntimeException e) {
      throw verified.damage == null ? e : verified.damage;
    }
    return stat.size();
  }

  private CheckpointVerificationException damaged(
      String code, String blob, String expected, String found) {
    return new CheckpointVerificationException(
        code, "the blob " + blob + " in " + source, expected, found, null);
  }

  /** A blob of the source; the end of its bytes cannot be read unless they are what they were. */
  private final class Verified implements BlobStore.Source {
    private final String blob;
    private final long size;
    private @Nullable CheckpointVerificationException damage;

    Verified(String blob, long size) {
      this.blob = blob;
      this.size = size;
    }

    @Override
    public long size() {
      return size;
    }

    @Override
    public InputStream open() {
      return new VerifyingStream(source.open(blob, 0));
    }

    /** May be called by the thread of a store that reads. */
    private IOException refuse(String expected, String found) {
      CheckpointVerificationException wrong =
          damaged(CheckpointVerificationException.DAMAGED, blob, expected, found);
      damage = wrong;
      return new IOException(wrong);
    }

    private final class VerifyingStream extends InputStream {
      private final InputStream bytes;
      private final MessageDigest digest = Hashes.sha256();
      private long read;

      VerifyingStream(InputStream bytes) {
        this.bytes = bytes;
      }

      @Override
      public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
      }

      @Override
      public int read(byte[] into, int offset, int length) throws IOException {
        int count;
        try {
          count = bytes.read(into, offset, length);
        } catch (BlobStoreException e) {
          if (e.code().equals(BlobStoreException.TAMPERED)) {
            throw refuse("what was encrypted under this name", String.valueOf(e.getMessage()));
          }
          throw e;
        }
        if (count < 0) {
          if (read < size) {
            throw refuse(size + " bytes", read + " bytes");
          }
          return count;
        }
        digest.update(into, offset, count);
        read += count;
        if (count > 0 && read >= size) {
          verify();
        }
        return count;
      }

      private void verify() throws IOException {
        String expected = blob.substring(blob.lastIndexOf('/') + 1);
        String found = HexFormat.of().formatHex(digest.digest());
        if (read > size || !found.equals(expected)) {
          throw refuse("SHA-256 " + expected, "SHA-256 " + found);
        }
      }

      @Override
      public void close() throws IOException {
        bytes.close();
      }
    }
  }
}
