package io.tidemark.checkpoint;

import io.tidemark.api.TidemarkException;
import io.tidemark.config.JobSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A savepoint or checkpoint in a directory with blobs, maybe of another job or cluster.
 *
 * @param root the directory of that job's blobs
 * @param location which it is there; the latest if only the directory was named
 */
public record SavepointSource(Path root, Location location) {
  private static final String MANIFEST = "manifest";

  /**
   * Finds it.
   *
   * @param path its directory, the manifest in it, or the directory of the job's blobs
   * @throws TidemarkException (TM-8333) if there is none
   */
  public static SavepointSource at(Path path) {
    Path real;
    try {
      real = path.toRealPath();
    } catch (IOException e) {
      throw nothing(path, e);
    }
    Path directory = real.endsWith(MANIFEST) ? parent(real) : real;
    if (Files.isRegularFile(directory.resolve(MANIFEST))) {
      Path kind = parent(directory);
      String name = kind.getFileName() + "/" + directory.getFileName() + "/" + MANIFEST;
      return new SavepointSource(parent(kind), Location.parse(name));
    }
    if (Files.isDirectory(directory.resolve("savepoints"))
        || Files.isDirectory(directory.resolve("checkpoints"))) {
      return new SavepointSource(directory, Location.LATEST);
    }
    throw nothing(path, null);
  }

  private static Path parent(Path path) {
    Path parent = path.getParent();
    if (parent == null) {
      throw nothing(path, null);
    }
    return parent;
  }

  private static TidemarkException nothing(Path path, @Nullable Exception e) {
    return new TidemarkException(
        "TM-8333",
        "there is no savepoint at "
            + path
            + ": give its directory (which has a file "
            + MANIFEST
            + "), or the directory of a job's blobs, for the newest there",
        e);
  }

  /** Whether it is in the job's own blob store. */
  public boolean isOwn(JobSettings job) {
    Path own = BlobStores.directory(job);
    try {
      return own != null && Files.isDirectory(own) && own.toRealPath().equals(root);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * Opens the directory, for reading.
   *
   * @param job has the keys, if the blobs are encrypted
   * @throws io.tidemark.api.ConfigException (TM-8332) if they are needed and not configured
   */
  public BlobStore open(JobSettings job) {
    return BlobStores.openDirectory(root, isEncrypted(), job);
  }

  private boolean isEncrypted() {
    Location any = location;
    try (BlobStore plain = FileBlobStore.toRead(root)) {
      String name =
          any.kind() == Location.Kind.LATEST
              ? plain.list("").stream()
                  .map(BlobStore.Stat::name)
                  .filter(blob -> blob.endsWith("/" + MANIFEST))
                  .findFirst()
                  .orElse("")
              : any.manifest();
      if (name.isEmpty()) {
        return false;
      }
      try (InputStream bytes = plain.open(name, 0)) {
        byte[] magic = EncryptedBlob.MAGIC;
        return Arrays.equals(bytes.readNBytes(magic.length), magic);
      }
    } catch (IOException e) {
      throw nothing(root, e);
    }
  }

  /** What a copy is named unless somebody says otherwise. */
  static String defaultName(CheckpointManifest manifest) {
    return manifest.savepoint().isEmpty()
        ? String.format(Locale.ROOT, "checkpoint-%d-of-%s", manifest.number(), manifest.job())
        : manifest.savepoint();
  }
}
