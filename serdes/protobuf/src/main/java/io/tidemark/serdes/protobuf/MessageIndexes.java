package io.tidemark.serdes.protobuf;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import io.tidemark.api.SerializationException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;

/**
 * Which message of a schema a record is of: the place of the outermost message in its file, of the
 * next one in that, and so on. What maps and groups stand for is not counted, for it is no message
 * in the schema's text.
 *
 * <p>Written as their number and themselves, all of variable length with a sign; the most frequent,
 * the first message of a file, as a single 0.
 */
final class MessageIndexes {
  private static final int DEEPEST = 100;

  private MessageIndexes() {}

  static List<Integer> of(Descriptor message) {
    ArrayDeque<Integer> indexes = new ArrayDeque<>();
    for (Descriptor at = message; at != null; at = at.getContainingType()) {
      indexes.addFirst(placeAmongSiblings(at));
    }
    return List.copyOf(indexes);
  }

  private static int placeAmongSiblings(Descriptor message) {
    Descriptor within = message.getContainingType();
    int place = 0;
    for (Descriptor sibling :
        within == null ? message.getFile().getMessageTypes() : within.getNestedTypes()) {
      if (sibling.equals(message)) {
        return place;
      }
      if (!sibling.getOptions().getMapEntry() && !isGroup(sibling)) {
        place++;
      }
    }
    throw new AssertionError(message.getFullName());
  }

  private static boolean isGroup(Descriptor message) {
    Descriptor within = message.getContainingType();
    return within != null
        && within.toProto().getFieldList().stream()
            .filter(field -> field.getType() == FieldDescriptorProto.Type.TYPE_GROUP)
            .anyMatch(field -> field.getTypeName().equals("." + message.getFullName()));
  }

  static byte[] write(List<Integer> indexes) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    CodedOutputStream to = CodedOutputStream.newInstance(bytes);
    try {
      if (indexes.equals(List.of(0))) {
        to.writeSInt32NoTag(0);
      } else {
        to.writeSInt32NoTag(indexes.size());
        for (int index : indexes) {
          to.writeSInt32NoTag(index);
        }
      }
      to.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /**
   * Reads them off the front of a record.
   *
   * @throws SerializationException (TM-4501) if there are none
   */
  static List<Integer> read(CodedInputStream from) {
    try {
      int size = from.readSInt32();
      if (size == 0) {
        return List.of(0);
      }
      if (size < 0 || size > DEEPEST) {
        throw SerializationException.unreadable(
            "the record is of a message " + size + " deep in others; at most " + DEEPEST);
      }
      List<Integer> indexes = new ArrayList<>(size);
      for (int i = 0; i < size; i++) {
        indexes.add(from.readSInt32());
      }
      return indexes;
    } catch (IOException e) {
      throw SerializationException.unreadable(
          "the bytes do not say which message of the schema they are of: " + e.getMessage(), e);
    }
  }
}
