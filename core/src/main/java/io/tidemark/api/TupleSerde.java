package io.tidemark.api;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tuples of a fixed number of parts, in the order of the first part, then the second, and so on:
 * the parts as their serdes write them, one after another. Tuples may be parts of tuples.
 *
 * <p>The bytes of the first parts begin the bytes of every tuple that has them, which is what
 * {@link #prefix} is for. In JSON, a tuple is an array.
 */
public final class TupleSerde implements OrderedSerde<Tuple>, JsonText<Tuple> {
  private final List<OrderedSerde<Object>> parts;

  /**
   * A serde for tuples.
   *
   * @param parts the serdes of the parts, at least one
   */
  @SuppressWarnings("unchecked") // a part of another class is refused when it is written
  public TupleSerde(List<? extends OrderedSerde<?>> parts) {
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("a tuple has at least one part");
    }
    this.parts = parts.stream().map(part -> (OrderedSerde<Object>) part).toList();
  }

  /** A serde for tuples of such parts: {@code of(new StringSerde(), new OrderedLongSerde())}. */
  public static TupleSerde of(OrderedSerde<?>... parts) {
    return new TupleSerde(List.of(parts));
  }

  /**
   * What the bytes of all tuples that begin with these parts begin with, and no others: for scans
   * of a store by prefix.
   *
   * @param firstParts none, some or all of the parts
   */
  public byte[] prefix(Object... firstParts) {
    if (firstParts.length > parts.size()) {
      throw SerializationException.unwritable(
          firstParts.length + " parts are no beginning of " + schema());
    }
    BytesBuilder bytes = new BytesBuilder();
    writeParts(List.of(firstParts), bytes);
    return bytes.toBytes();
  }

  /**
   * As {@link #prefix}, of the first parts as JSON: {@code ["ada"]}.
   *
   * @throws SerializationException (TM-4503) if it is not an array of such parts
   */
  public byte[] prefixFromJson(String json) {
    List<String> elements = Json.elements(json);
    if (elements.size() > parts.size()) {
      throw Json.wrong(json, "an array of at most " + parts.size() + " elements, for " + schema());
    }
    return prefix(readParts(elements).toArray());
  }

  /** The first part of all tuples whose bytes begin so; null if they need not have the same. */
  @Nullable Object firstOf(byte[] prefix) {
    try {
      return parts.get(0).read(ByteBuffer.wrap(prefix));
    } catch (BufferUnderflowException | SerializationException e) {
      return null;
    }
  }

  @Override
  public void write(Tuple object, BytesBuilder to) {
    requireSize(object);
    writeParts(object.parts(), to);
  }

  @Override
  public Tuple read(ByteBuffer from) {
    List<Object> read = new ArrayList<>(parts.size());
    for (OrderedSerde<Object> part : parts) {
      read.add(part.read(from));
    }
    return Tuple.of(read);
  }

  @Override
  public String toJson(Tuple object) {
    requireSize(object);
    List<String> elements = new ArrayList<>(parts.size());
    for (int i = 0; i < parts.size(); i++) {
      try {
        elements.add(text(i).toJson(object.get(i)));
      } catch (ClassCastException e) {
        throw wrongClass(i, object.get(i), e);
      }
    }
    return "[" + String.join(",", elements) + "]";
  }

  @Override
  public Tuple fromJson(String json) {
    List<String> elements = Json.elements(json);
    if (elements.size() != parts.size()) {
      throw Json.wrong(json, "an array of " + parts.size() + " elements, for " + schema());
    }
    return Tuple.of(readParts(elements));
  }

  private List<Object> readParts(List<String> elements) {
    List<Object> read = new ArrayList<>(elements.size());
    for (int i = 0; i < elements.size(); i++) {
      read.add(text(i).fromJson(elements.get(i)));
    }
    return read;
  }

  @Override
  public boolean keysAreValues() {
    return parts.stream().allMatch(Serde::keysAreValues);
  }

  @Override
  public String schema() {
    return parts.stream().map(Serde::schema).collect(Collectors.joining(",", "tuple(", ")"));
  }

  private void writeParts(List<Object> values, BytesBuilder to) {
    for (int i = 0; i < values.size(); i++) {
      try {
        parts.get(i).write(values.get(i), to);
      } catch (ClassCastException e) {
        throw wrongClass(i, values.get(i), e);
      }
    }
  }

  private void requireSize(Tuple object) {
    if (object.size() != parts.size()) {
      throw SerializationException.unwritable(
          object + " has " + object.size() + " parts, and " + schema() + " has " + parts.size());
    }
  }

  private SerializationException wrongClass(int index, Object value, ClassCastException cause) {
    return SerializationException.unwritable(
        String.format(
            "part %d of a tuple is a %s, and %s writes %s there",
            index, value.getClass().getName(), schema(), parts.get(index).schema()),
        cause);
  }

  @SuppressWarnings("unchecked") // a serde has the text of what it reads and writes
  private JsonText<Object> text(int index) {
    OrderedSerde<Object> part = parts.get(index);
    if (part instanceof JsonText) {
      return (JsonText<Object>) part;
    }
    throw SerializationException.unwritable(
        "part " + index + " of " + schema() + " cannot be shown as JSON; implement JsonText there");
  }
}
