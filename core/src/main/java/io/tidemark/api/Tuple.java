package io.tidemark.api;

import java.util.List;

/**
 * Several values in one, such as the key of a store: {@code Tuple.of("ada", 7L)}. Immutable, if its
 * parts are. Two are equal if their parts are.
 *
 * <p>{@link TupleSerde} writes tuples so that they are in order by their first part, those with the
 * same first part by their second, and so on.
 */
public final class Tuple {
  private final List<Object> parts;

  private Tuple(List<Object> parts) {
    this.parts = parts;
  }

  /**
   * A tuple of these parts.
   *
   * @throws NullPointerException if one is null
   */
  public static Tuple of(Object... parts) {
    return new Tuple(List.of(parts));
  }

  static Tuple of(List<Object> parts) {
    return new Tuple(List.copyOf(parts));
  }

  /** How many parts there are. */
  public int size() {
    return parts.size();
  }

  /**
   * A part.
   *
   * @param index its place, from 0
   * @throws IndexOutOfBoundsException if there is no such part
   */
  public Object get(int index) {
    return parts.get(index);
  }

  /**
   * A part of a certain class.
   *
   * @param index its place, from 0
   * @throws IndexOutOfBoundsException if there is no such part
   * @throws ClassCastException if it is of another class
   */
  public <T> T get(int index, Class<T> type) {
    return type.cast(parts.get(index));
  }

  /** The parts, not to be changed. */
  public List<Object> parts() {
    return parts;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tuple tuple && parts.equals(tuple.parts);
  }

  @Override
  public int hashCode() {
    return parts.hashCode();
  }

  /** The parts between parentheses. */
  @Override
  public String toString() {
    String list = parts.toString();
    return "(" + list.substring(1, list.length() - 1) + ")";
  }
}
