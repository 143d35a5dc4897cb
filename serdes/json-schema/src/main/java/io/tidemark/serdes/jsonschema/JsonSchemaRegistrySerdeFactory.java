package io.tidemark.serdes.jsonschema;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.Serde;
import io.tidemark.api.SerdeFactory;
import io.tidemark.config.Plugins;
import io.tidemark.serdes.json.JsonSerde;
import io.tidemark.serdes.registry.RegistrySettings;
import io.tidemark.serdes.registry.SchemaRegistry;
import io.tidemark.serdes.registry.SchemaText;
import io.tidemark.serdes.registry.SubjectSchema;
import org.jspecify.annotations.Nullable;

/**
 * Makes {@link JsonSchemaRegistrySerde}s known as {@code json-schema-registry}: untyped, or of a
 * class.
 *
 * <pre>
 * serializers.registry.order.class=json-schema-registry
 * serializers.registry.order.registry.url=http://localhost:8081
 * serializers.registry.order.subject=orders-value
 * serializers.registry.order.schema.file=order.schema.json
 * serializers.registry.order.type=com.acme.Order
 * </pre>
 */
public final class JsonSchemaRegistrySerdeFactory implements SerdeFactory {
  private static final String PREFIX = "serializers.registry.<serde>.";

  @Override
  public String name() {
    return "json-schema-registry";
  }

  @Override
  public Serde<?> create(Config config) {
    SchemaRegistry registry = SchemaRegistry.shared(RegistrySettings.of(config));
    String type = config.get("type");
    Class<?> javaClass = type == null ? Object.class : Plugins.load(PREFIX + "type", type);
    try {
      return create(
          javaClass, SchemaText.configured(config), registry, SubjectSchema.of(registry, config));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "TM-1021", PREFIX + "schema: this is not a JSON Schema: " + e.getMessage(), e);
    }
  }

  private static <T> Serde<T> create(
      Class<T> type, @Nullable String text, SchemaRegistry registry, SubjectSchema subject) {
    return new JsonSchemaRegistrySerde<>(new JsonSerde<>(type), text, registry, subject);
  }
}
