package io.tidemark.checkpoint;

import io.tidemark.api.ConfigException;
import io.tidemark.config.Plugins;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How blobs are encrypted.
 *
 * @param keys the type of key provider: {@code task.checkpoint.encryption.keys}
 * @param properties the provider's: everything under {@code task.checkpoint.encryption.<keys>.},
 *     that prefix taken away
 */
public record EncryptionSettings(String keys, Map<String, String> properties) {
  private static final String PREFIX = "task.checkpoint.encryption.";

  public EncryptionSettings {
    properties = Map.copyOf(properties);
  }

  /**
   * Parses what configuration says.
   *
   * @param properties everything under {@code task.checkpoint.encryption.}, that prefix taken away
   * @return null if there is nothing: blobs are not encrypted
   * @throws ConfigException (TM-1002) if something is wrong or unknown
   */
  public static @Nullable EncryptionSettings parse(Map<String, String> properties) {
    if (properties.isEmpty()) {
      return null;
    }
    PropertyReader reader = new PropertyReader(PREFIX, properties);
    String keys = reader.required("keys", "where master keys come from, such as file");
    Map<String, String> ofProvider = reader.under(keys + ".");
    reader.finish();
    return new EncryptionSettings(keys, ofProvider);
  }

  /**
   * Opens the key provider.
   *
   * @throws ConfigException (TM-1002, TM-1003) if it is unknown or its properties are wrong
   * @throws BlobStoreException (TM-8113) if there are no keys to be had
   */
  public KeyProvider open() {
    return Plugins.find(KeyProviderFactory.class, KeyProviderFactory::type, PREFIX + "keys", keys)
        .open(properties);
  }
}
