package io.tidemark.serdes.protobuf;

import com.google.protobuf.Descriptors.FileDescriptor;
import io.tidemark.api.Config;
import io.tidemark.api.Serde;
import io.tidemark.api.SerdeFactory;
import io.tidemark.serdes.registry.RegistrySettings;
import io.tidemark.serdes.registry.SchemaRegistry;
import io.tidemark.serdes.registry.SchemaText;
import io.tidemark.serdes.registry.SubjectSchema;

/**
 * Makes {@link ProtobufRegistrySerde}s known as {@code protobuf-registry}.
 *
 * <pre>
 * serializers.registry.order.class=protobuf-registry
 * serializers.registry.order.registry.url=http://localhost:8081
 * serializers.registry.order.subject=orders-value
 * serializers.registry.order.type=com.acme.Orders$Order
 * </pre>
 */
public final class ProtobufRegistrySerdeFactory implements SerdeFactory {

  @Override
  public String name() {
    return "protobuf-registry";
  }

  @Override
  public Serde<?> create(Config config) {
    MessageType type = MessageType.of(config);
    SchemaRegistry registry = SchemaRegistry.shared(RegistrySettings.of(config));
    String text = SchemaText.configured(config);
    FileDescriptor file = type.descriptor().getFile();
    return new ProtobufRegistrySerde<>(
        type,
        registry,
        SubjectSchema.of(registry, config),
        subject ->
            text == null ? FileSchemas.of(file, subject) : FileSchemas.of(file, text, subject));
  }
}
