package io.tidemark.serdes.protobuf;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.ExtensionRegistryLite;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Message;
import com.google.protobuf.util.JsonFormat;
import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.SerializationException;
import io.tidemark.config.Plugins;
import java.io.IOException;

/**
 * The messages of one generated class: writes them, and reads them. The entries of maps are written
 * in order, so that equal messages have equal bytes. Any thread may call it.
 */
final class MessageType {
  private static final String TYPE = "serializers.registry.<serde>.type";

  private final Message empty;

  private MessageType(Message empty) {
    this.empty = empty;
  }

  /**
   * The type that a serde's settings name.
   *
   * @throws ConfigException (TM-1003) if there is no such class, (TM-1021) if it is not generated
   *     for a message
   */
  static MessageType of(Config config) {
    String name = config.get("type");
    if (name == null) {
      throw new ConfigException(
          "TM-1021",
          TYPE + " is missing; set it to the class that protoc has generated for the message");
    }
    Class<?> type = Plugins.load(TYPE, name);
    try {
      if (type.getMethod("getDefaultInstance").invoke(null) instanceof Message message) {
        return new MessageType(message);
      }
    } catch (ReflectiveOperationException e) {
      // the message below says it
    }
    throw new ConfigException(
        "TM-1021",
        TYPE + "=" + name + ": the class is not one that protoc generates for a message");
  }

  Descriptor descriptor() {
    return empty.getDescriptorForType();
  }

  String fullName() {
    return descriptor().getFullName();
  }

  /** The message's bytes after some others. */
  byte[] write(byte[] header, Object object) {
    Message message = require(object);
    if (!message.isInitialized()) {
      throw SerializationException.unwritable(
          "a message of "
              + fullName()
              + " lacks required fields: "
              + message.getInitializationErrorString());
    }
    byte[] bytes = new byte[Math.addExact(header.length, message.getSerializedSize())];
    System.arraycopy(header, 0, bytes, 0, header.length);
    try {
      CodedOutputStream to =
          CodedOutputStream.newInstance(bytes, header.length, bytes.length - header.length);
      to.useDeterministicSerialization();
      message.writeTo(to);
      to.checkNoSpaceLeft();
    } catch (IOException e) {
      throw SerializationException.unwritable(
          "a message of " + fullName() + " cannot be written: " + e.getMessage(), e);
    }
    return bytes;
  }

  /** The message that is all the rest of these bytes. */
  Message read(CodedInputStream from) {
    try {
      Message message =
          empty.getParserForType().parseFrom(from, ExtensionRegistryLite.getEmptyRegistry());
      from.checkLastTagWas(0);
      return message;
    } catch (InvalidProtocolBufferException e) {
      throw SerializationException.unreadable(
          "the bytes are not a message of " + fullName() + ": " + e.getMessage(), e);
    }
  }

  /** In Protobuf's mapping to JSON. Fields that the class does not know are not in it. */
  String toJson(Object object) {
    try {
      return JsonFormat.printer()
          .omittingInsignificantWhitespace()
          .sortingMapKeys()
          .print(require(object));
    } catch (InvalidProtocolBufferException e) {
      throw SerializationException.unwritable(
          "a message of " + fullName() + " cannot be shown as JSON: " + e.getMessage(), e);
    }
  }

  Message fromJson(String json) {
    Message.Builder message = empty.newBuilderForType();
    try {
      JsonFormat.parser().merge(json, message);
      return message.build();
    } catch (InvalidProtocolBufferException | RuntimeException e) {
      throw SerializationException.wrongJson(
          "not JSON of the message " + fullName() + ": " + e.getMessage(), e);
    }
  }

  private Message require(Object object) {
    if (empty.getClass().isInstance(object)) {
      return (Message) object;
    }
    throw SerializationException.unwritable(
        "a " + object.getClass().getName() + " is not a " + empty.getClass().getName());
  }
}
