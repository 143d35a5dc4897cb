package io.tidemark.serdes.protobuf;

import io.tidemark.api.Config;
import io.tidemark.api.Serde;
import io.tidemark.api.SerdeFactory;

/**
 * Makes {@link ProtobufSerde}s known as {@code protobuf}.
 *
 * <pre>
 * serializers.registry.order.class=protobuf
 * serializers.registry.order.type=com.acme.Orders$Order
 * </pre>
 */
public final class ProtobufSerdeFactory implements SerdeFactory {

  @Override
  public String name() {
    return "protobuf";
  }

  @Override
  public Serde<?> create(Config config) {
    return new ProtobufSerde<>(MessageType.of(config));
  }
}
