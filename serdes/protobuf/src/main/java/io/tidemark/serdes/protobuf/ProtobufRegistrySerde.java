package io.tidemark.serdes.protobuf;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.Message;
import io.tidemark.api.JsonText;
import io.tidemark.api.Serde;
import io.tidemark.api.SerializationException;
import io.tidemark.serdes.registry.RegisteredSchema;
import io.tidemark.serdes.registry.SchemaKind;
import io.tidemark.serdes.registry.SchemaRegistry;
import io.tidemark.serdes.registry.SubjectSchema;
import io.tidemark.serdes.registry.WireFormat;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Messages of Protocol Buffers after the id of their schema in a schema registry and the {@link
 * MessageIndexes} in it, as Confluent's serializers write them. A record of another message of the
 * schema is refused. Equal messages have equal bytes. Confined to one thread.
 */
public final class ProtobufRegistrySerde<T extends Message> implements Serde<T>, JsonText<T> {
  private final MessageType type;
  private final SchemaRegistry registry;
  private final SubjectSchema subject;
  private final Function<SubjectSchema, RegisteredSchema> own;
  private final Map<Integer, Map<List<Integer>, String>> namesById = new HashMap<>();
  private byte @Nullable [] header;

  /**
   * @param own makes the schema that is written with, when it is first needed
   */
  ProtobufRegistrySerde(
      MessageType type,
      SchemaRegistry registry,
      SubjectSchema subject,
      Function<SubjectSchema, RegisteredSchema> own) {
    this.type = type;
    this.registry = registry;
    this.subject = subject;
    this.own = own;
  }

  @Override
  public byte @Nullable [] toBytes(@Nullable T object) {
    if (object == null) {
      return null;
    }
    if (header == null) {
      byte[] id = WireFormat.header(subject.id(own.apply(subject)));
      byte[] indexes = MessageIndexes.write(MessageIndexes.of(type.descriptor()));
      header = ByteBuffer.allocate(id.length + indexes.length).put(id).put(indexes).array();
    }
    return type.write(header, object);
  }

  @Override
  @SuppressWarnings("unchecked") // the type reads messages of its class
  public @Nullable T fromBytes(byte @Nullable [] bytes) {
    if (bytes == null) {
      return null;
    }
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    int id = WireFormat.readId(buffer);
    CodedInputStream from =
        CodedInputStream.newInstance(bytes, buffer.position(), buffer.remaining());
    List<Integer> indexes = MessageIndexes.read(from);
    String written = names(id).get(indexes);
    if (!type.fullName().equals(written)) {
      throw SerializationException.unreadable(
          String.format(
              "the record is of %s, message %s of the schema of id %d, and not of %s",
              written == null ? "no message" : written, indexes, id, type.fullName()));
    }
    return (T) type.read(from);
  }

  private Map<List<Integer>, String> names(int id) {
    Map<List<Integer>, String> names = namesById.get(id);
    if (names == null) {
      names = MessageNames.in(WireFormat.schema(registry, id, SchemaKind.PROTOBUF).text());
      namesById.put(id, names);
    }
    return names;
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

  /**
   * {@code protobuf-registry/} and the full name of the message, of which any version can be read.
   */
  @Override
  public String schema() {
    return "protobuf-registry/" + type.fullName();
  }
}
