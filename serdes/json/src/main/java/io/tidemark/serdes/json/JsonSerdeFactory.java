package io.tidemark.serdes.json;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.Serde;
import io.tidemark.api.SerdeFactory;

/**
 * Makes {@link JsonSerde}s known as {@code json}: untyped, or, under a name of one's own, of a
 * class.
 *
 * <pre>
 * serializers.registry.order.class=json
 * serializers.registry.order.type=com.acme.Order
 * streams.orders.msg.serde=order
 * </pre>
 */
public final class JsonSerdeFactory implements SerdeFactory {

  @Override
  public String name() {
    return "json";
  }

  @Override
  public Serde<?> create(Config config) {
    String type = config.get("type");
    return type == null ? JsonSerde.untyped() : new JsonSerde<>(load(type));
  }

  private static Class<?> load(String type) {
    ClassLoader ofThread = Thread.currentThread().getContextClassLoader();
    try {
      return Class.forName(
          type, false, ofThread == null ? JsonSerdeFactory.class.getClassLoader() : ofThread);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new ConfigException(
          "TM-1003",
          "serializers.registry.<serde>.type="
              + type
              + ": there is no such class on the classpath; correct the name, or add its jar ("
              + e
              + ")",
          e);
    }
  }
}
