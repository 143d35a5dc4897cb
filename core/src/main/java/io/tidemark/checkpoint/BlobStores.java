package io.tidemark.checkpoint;

import io.tidemark.api.ConfigException;
import io.tidemark.config.CheckpointSettings;
import io.tidemark.config.JobSettings;
import io.tidemark.config.Plugins;
import java.util.Map;

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
    String type = settings.storeFactory();
    Map<String, String> properties = settings.storeProperties(type);
    if (type.equals(FILE_SYSTEM)) {
      properties.putIfAbsent(
          "path", job.stateDirectory().resolve(job.job()).resolve("checkpoints").toString());
    }
    return open(type, properties, settings.encryption(), job.job());
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
