package io.tidemark.state;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes of heap an object takes with all it refers to, on a virtual machine with
 * compressed references. Any thread may call it.
 *
 * <p>Follows fields by reflection. Where a class does not let itself be looked into, as those of
 * the JDK do, collections are measured by what they hold and anything else counts as {@link
 * #OPAQUE}.
 */
final class ObjectSize {
  private static final int HEADER = 12;
  private static final int ARRAY_HEADER = 16;
  private static final int REFERENCE = 4;

  /** What an object counts that cannot be looked into. */
  private static final int OPAQUE = 48;

  /** What a collection takes for each element, and a map for each entry, beside those. */
  private static final int PER_ELEMENT = 8;

  private static final int PER_ENTRY = 40;

  /** How many objects are looked at; a larger graph is extrapolated from so many. */
  private static final int MOST_OBJECTS = 10_000;

  private static final ClassValue<Shape> SHAPES =
      new ClassValue<>() {
        @Override
        protected Shape computeValue(Class<?> type) {
          return Shape.of(type);
        }
      };

  private ObjectSize() {}

  /** The size of an object whose class tells it at a glance; -1 for any other. */
  static int atAGlance(Object object) {
    if (object instanceof String string) {
      return 24 + aligned(ARRAY_HEADER + string.length());
    } else if (object instanceof Long || object instanceof Double) {
      return 24;
    } else if (object instanceof Number || object instanceof Boolean) {
      return object.getClass().getName().startsWith("java.lang.") ? 16 : -1;
    } else if (object instanceof byte[] bytes) {
      return aligned(ARRAY_HEADER + bytes.length);
    } else if (object instanceof UUID) {
      return 32;
    }
    return -1;
  }

  /** The size of any object. */
  static long of(Object object) {
    long bytes = 0;
    int seen = 0;
    Set<Object> known = Collections.newSetFromMap(new IdentityHashMap<>());
    Deque<Object> open = new ArrayDeque<>();
    open.add(object);
    while (!open.isEmpty()) {
      Object next = open.poll();
      if (!known.add(next)) {
        continue;
      }
      if (seen++ == MOST_OBJECTS) {
        return bytes + bytes / MOST_OBJECTS * open.size();
      }
      bytes += shallow(next, open);
    }
    return bytes;
  }

  /** The size of an object alone; what it refers to is added to those to be looked at. */
  private static long shallow(Object object, Deque<Object> open) {
    int known = atAGlance(object);
    if (known >= 0) {
      return known;
    } else if (object.getClass().isArray()) {
      return array(object, open);
    } else if (object instanceof Enum || object instanceof Class) {
      return 0; // shared
    }
    Shape shape = SHAPES.get(object.getClass());
    if (shape.references != null) {
      for (Field field : shape.references) {
        add(read(field, object), open);
      }
      return shape.bytes;
    } else if (object instanceof Collection<?> collection) {
      collection.forEach(element -> add(element, open));
      return OPAQUE + (long) PER_ELEMENT * collection.size();
    } else if (object instanceof Map<?, ?> map) {
      map.forEach(
          (key, value) -> {
            add(key, open);
            add(value, open);
          });
      return OPAQUE + (long) PER_ENTRY * map.size();
    }
    return OPAQUE;
  }

  private static long array(Object array, Deque<Object> open) {
    int length = Array.getLength(array);
    Class<?> element = array.getClass().getComponentType();
    if (!element.isPrimitive()) {
      for (int i = 0; i < Math.min(length, MOST_OBJECTS); i++) {
        add(Array.get(array, i), open);
      }
    }
    return aligned(ARRAY_HEADER + (long) length * width(element));
  }

  private static void add(@Nullable Object object, Deque<Object> open) {
    if (object != null) {
      open.add(object);
    }
  }

  private static @Nullable Object read(Field field, Object object) {
    try {
      return field.get(object);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException(field + " was made accessible", e);
    }
  }

  private static int width(Class<?> type) {
    if (!type.isPrimitive()) {
      return REFERENCE;
    } else if (type == long.class || type == double.class) {
      return 8;
    } else if (type == int.class || type == float.class) {
      return 4;
    }
    return type == short.class || type == char.class ? 2 : 1;
  }

  private static int aligned(int bytes) {
    return (bytes + 7) & ~7;
  }

  private static long aligned(long bytes) {
    return (bytes + 7) & ~7;
  }

  /**
   * A class's layout.
   *
   * @param bytes what an object takes without what it refers to
   * @param references the fields to follow; null if they may not be read
   */
  private record Shape(int bytes, @Nullable List<Field> references) {
    static Shape of(Class<?> type) {
      int bytes = HEADER;
      List<Field> references = new ArrayList<>();
      for (Class<?> part = type; part != null; part = part.getSuperclass()) {
        for (Field field : part.getDeclaredFields()) {
          if (!Modifier.isStatic(field.getModifiers())) {
            bytes += width(field.getType());
            if (!field.getType().isPrimitive()) {
              if (!field.trySetAccessible()) {
                return new Shape(0, null);
              }
              references.add(field);
            }
          }
        }
      }
      return new Shape(aligned(bytes), references);
    }
  }
}
