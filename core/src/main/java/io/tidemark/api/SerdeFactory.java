package io.tidemark.api;

/**
 * Makes a serde known under a short name, such as {@code string}. Found by {@link
 * java.util.ServiceLoader}.
 */
public interface SerdeFactory {

  /** The name that configuration uses. */
  String name();

  /**
   * A new serde.
   *
   * @param config everything under {@code serializers.registry.<name>.}, that prefix taken away;
   *     empty where the serde is used without being registered
   */
  Serde<?> create(Config config);
}
