package io.tidemark.checkpoint;

import io.tidemark.api.ConfigException;
import java.util.Map;

/** Opens key providers of one kind. Found by {@link java.util.ServiceLoader}. */
public interface KeyProviderFactory {

  /** The name that {@code task.checkpoint.encryption.keys} uses, such as {@code file}. */
  String type();

  /**
   * Opens a provider.
   *
   * @param properties everything under {@code task.checkpoint.encryption.<type>.}, that prefix
   *     taken away
   * @throws ConfigException (TM-1002) if a property is wrong or unknown
   * @throws BlobStoreException (TM-8113) if there are no keys to be had
   */
  KeyProvider open(Map<String, String> properties);
}
