package io.tidemark.checkpoint;

import io.tidemark.api.ConfigException;
import io.tidemark.config.CheckpointSettings;
import io.tidemark.config.JobSettings;
import io.tidemark.config.Plugins;
import java.util.Map;

/** Opens the blob store that a job's configuration names. */
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
    BlobStoreFactory factory =
        Plugins.find(
            BlobStoreFactory.class,
            BlobStoreFactory::type,
            "task.checkpoint.store.factory",
            settings.storeFactory());
    Map<String, String> properties = settings.storeProperties(factory.type());
    if (factory.type().equals(FILE_SYSTEM)) {
      properties.putIfAbsent(
          "path", job.stateDirectory().resolve(job.job()).resolve("checkpoints").toString());
    }
    EncryptionSettings encryption = EncryptionSettings.parse(settings.encryption());
    KeyProvider keys = encryption == null ? null : encryption.open();
    BlobStore store = factory.open(job.job(), properties);
    return keys == null ? store : new EncryptedBlobStore(store, keys);
  }
}
