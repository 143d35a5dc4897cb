package io.tidemark.checkpoint;

import io.tidemark.api.ConfigException;
import io.tidemark.config.CheckpointSettings;
import io.tidemark.config.JobSettings;
import io.tidemark.config.Plugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Opens the blob store that configuration names. */
public final class BlobStores {
  private static final String FILE_SYSTEM = "filesystem";

  private BlobStores() {}

  /**
   * Opens the store of a job's checkpoints, encrypted if that is configured. The file system one is
   * in the job's state directory unless the configuration says where else.
   *
   * @throws ConfigException (TM-1002, TM-1003) if something is wrong or unknown
   * @throws BlobStoreException if the store or the keys cannot be had
   */
  public static BlobStore open(JobSettings job) {
    CheckpointSettings settings = job.checkpoint();
    return open(settings.storeFactory(), properties(job), settings.encryption(), job.job());
  }

  /**
   * As {@link #open(JobSettings)}, to look at what is there: makes no directory.
   *
   * @return null if the store is in the file system, and its directory is not there
   */
  public static @Nullable BlobStore openExisting(JobSettings job) {
    Path directory = directory(job);
    return directory != null && !Files.isDirectory(directory) ? null : open(job);
  }

  /**
   * A directory with blobs of any job, to read from it: decrypted with the keys of this job's
   * configuration if they are encrypted.
   *
   * @param isEncrypted whether they are
   * @throws ConfigException (TM-8332) if they are, and the configuration has no keys
   */
  static BlobStore openDirectory(Path root, boolean isEncrypted, JobSettings job) {
    BlobStore store = FileBlobStore.toRead(root);
    if (!isEncrypted) {
      return store;
    }
    EncryptionSettings settings = EncryptionSettings.parse(job.checkpoint().encryption());
    if (settings == null) {
      throw new ConfigException(
          "TM-8332",
          "the blobs in "
              + root
              + " are encrypted, and the configuration has no keys: set"
              + " task.checkpoint.encryption.keys and what belongs to it, as the job has them that"
              + " wrote the savepoint");
    }
    return new EncryptedBlobStore(store, settings.open());
  }

  /** Where the job's blobs are; null if that is not the file system. */
  static @Nullable Path directory(JobSettings job) {
    String path =
        job.checkpoint().storeFactory().equals(FILE_SYSTEM) ? properties(job).get("path") : null;
    return path == null ? null : Path.of(path).resolve(job.job());
  }

  private static Map<String, String> properties(JobSettings job) {
    String type = job.checkpoint().storeFactory();
    Map<String, String> properties = job.checkpoint().storeProperties(type);
    if (type.equals(FILE_SYSTEM)) {
      properties.putIfAbsent(
          "path", job.stateDirectory().resolve(job.job()).resolve("checkpoints").toString());
    }
    return properties;
  }

  /**
   * As {@link #open(JobSettings)}, for a store of another job or place.
   *
   * @param type {@code task.checkpoint.store.factory}
   * @param properties everything under {@code task.checkpoint.store.<type>.}, that prefix taken
   *     away
   * @param encryption everything under {@code task.checkpoint.encryption.}, that prefix taken away;
   *     empty for none
   */
  public static BlobStore open(
      String type, Map<String, String> properties, Map<String, String> encryption, String job) {
    BlobStoreFactory factory =
        Plugins.find(
            BlobStoreFactory.class, BlobStoreFactory::type, "task.checkpoint.store.factory", type);
    EncryptionSettings settings = EncryptionSettings.parse(encryption);
    KeyProvider keys = settings == null ? null : settings.open();
    BlobStore store = factory.open(job, properties);
    return keys == null ? store : new EncryptedBlobStore(store, keys);
  }
}
