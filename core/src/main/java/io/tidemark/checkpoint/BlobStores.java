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
   * Opens a job's blob store. The file system one is in the job's state directory unless the
   * configuration says where else.
   *
   * @throws ConfigException (TM-1003) if there is no such kind of store
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
    return factory.open(job.job(), properties);
  }
}
