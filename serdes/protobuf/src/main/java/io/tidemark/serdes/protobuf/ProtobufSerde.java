package io.tidemark.serdes.protobuf;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Message;
import io.tidemark.api.JsonText;
import io.tidemark.api.Serde;
import org.jspecify.annotations.Nullable;

/**
 * Messages of Protocol Buffers in their binary encoding and nothing else. Fields of later versions
 * of the message are kept. Equal messages have equal bytes.
 */
public final class ProtobufSerde<T extends Message> implements Serde<T>, JsonText<T> {
  private static final byte[] NO_HEADER = {};

  private final MessageType type;

  ProtobufSerde(MessageType type) {
    this.type = type;
  }

  @Override
  public byte @Nullable [] toBytes(@Nullable T object) {
    return object == null ? null : type.write(NO_HEADER, object);
  }

  @Override
  @SuppressWarnings("unchecked") // the type reads messages of its class
  public @Nullable T fromBytes(byte @Nullable [] bytes) {
    return bytes == null ? null : (T) type.read(CodedInputStream.newInstance(bytes));
  }

  @Override
  public String toJson(T object) {
    return type.toJson(object);
  }

  @Override
  @SuppressWarnings("unchecked") // the type reads messages of its class
  public T fromJson(String json) {
    return (T) type.fromJson(json);
  }

  /** {@code protobuf/} and the full name of the message, of which any version can be read. */
  @Override
  public String schema() {
    return "protobuf/" + type.fullName();
  }
}
