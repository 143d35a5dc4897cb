package io.tidemark.checkpoint;

import io.tidemark.api.ConfigException;
import java.util.Map;

/** Opens blob stores of one kind. Found by {@link java.util.ServiceLoader}. */
public interface BlobStoreFactory {

  /** The name that {@code task.checkpoint.store.factory} uses, such as {@code filesystem}. */
  String type();

  /**
   * Opens the store of a job; creates what is missing.
   *
   * @param job the job's name and id, which its blobs are kept apart by
   * @param properties everything under {@code task.checkpoint.store.<type>.}, that prefix taken
   *     away
   * @throws ConfigException (TM-1002) if a property is wrong or unknown
   */
  BlobStore open(String job, Map<String, String> properties);
}
