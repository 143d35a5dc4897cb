package io.tidemark.serdes.avro;

import io.tidemark.api.Config;
import io.tidemark.api.Serde;
import io.tidemark.api.SerdeFactory;
import io.tidemark.serdes.registry.RegistrySettings;
import io.tidemark.serdes.registry.SchemaRegistry;
import io.tidemark.serdes.registry.SubjectSchema;

/**
 * Makes {@link AvroRegistrySerde}s known as {@code avro-registry}: of a class ({@code type}), of a
 * schema ({@code schema} or {@code schema.file}), or of generic records with their own schemas.
 *
 * <pre>
 * serializers.registry.order.class=avro-registry
 * serializers.registry.order.registry.url=http://localhost:8081
 * serializers.registry.order.subject=orders-value
 * serializers.registry.order.type=com.acme.Order
 * </pre>
 */
public final class AvroRegistrySerdeFactory implements SerdeFactory {

  @Override
  public String name() {
    return "avro-registry";
  }

  @Override
  public Serde<?> create(Config config) {
    SchemaRegistry registry = SchemaRegistry.shared(RegistrySettings.of(config));
    return new AvroRegistrySerde<>(
        AvroSettings.of(config), registry, SubjectSchema.of(registry, config));
  }
}
