package io.tidemark.checkpoint;

import io.tidemark.api.ConfigException;
import io.tidemark.config.Plugins;
import java.util.Map;

/** Opens the blob store that configuration names. */
public final class BlobStores {
  private BlobStores() {}

  /**
   * Opens the store of a job's checkpoints, encrypted if that is configured.
   *
   * @param type {@code task.checkpoint.store.factory}
   * @param properties everything under {@code task.checkpoint.store.<type>.}, that prefix taken
   *     away
   * @param encryption everything under {@code task.checkpoint.encryption.}, that prefix taken away;
   *     empty for none
   * @param job the job's name and id
   * @throws ConfigException (TM-1002, TM-1003) if something is wrong or unknown
   * @throws BlobStoreException if the store or the keys cannot be had
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
