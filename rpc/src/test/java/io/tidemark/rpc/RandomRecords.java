package io.tidemark.rpc;

import io.tidemark.api.Partition;
import io.tidemark.api.SystemStreamPartition;
import java.lang.reflect.AnnotatedType;
import java.lang.reflect.Constructor;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes records of any type out of random values, all components included: so one that was added
 * cannot be forgotten by a conversion.
 */
final class RandomRecords {
  private static final int MOST_ELEMENTS = 4;

  private final Random random;

  RandomRecords(long seed) {
    random = new Random(seed);
  }

  <R extends Record> R make(Class<R> type) {
    return make(type, Map.of());
  }

  /** One that has some components given, by their names. */
  <R extends Record> R make(Class<R> type, Map<String, ?> given) {
    try {
      RecordComponent[] components = type.getRecordComponents();
      Class<?>[] types = new Class<?>[components.length];
      Object[] values = new Object[components.length];
      for (int i = 0; i < components.length; i++) {
        types[i] = components[i].getType();
        Object value = given.get(components[i].getName());
        values[i] = value == null ? component(components[i]) : value;
      }
      Constructor<R> constructor = type.getDeclaredConstructor(types);
      constructor.setAccessible(true);
      return constructor.newInstance(values);
    } catch (ReflectiveOperationException e) {
      throw new AssertionError(type.toString(), e);
    }
  }

  private @Nullable Object component(RecordComponent component) {
    AnnotatedType annotated = component.getAnnotatedType();
    boolean absent = annotated.isAnnotationPresent(Nullable.class) && random.nextBoolean();
    return absent ? null : value(component.getGenericType());
  }

  private Object value(Type type) {
    if (type instanceof ParameterizedType generic) {
      return collection((Class<?>) generic.getRawType(), generic.getActualTypeArguments());
    }
    Class<?> plain = (Class<?>) type;
    if (plain == int.class || plain == Integer.class) {
      return random.nextInt() >>> random.nextInt(32);
    } else if (plain == long.class || plain == Long.class) {
      return random.nextLong() >> random.nextInt(64);
    } else if (plain == boolean.class) {
      return random.nextBoolean();
    } else if (plain == double.class) {
      return random.nextDouble();
    } else if (plain == String.class) {
      return random.nextInt(8) == 0 ? "" : "s\u00e4\ud83d\ude00" + random.nextInt();
    } else if (plain == SystemStreamPartition.class) {
      return new SystemStreamPartition(
          "system" + random.nextInt(9), "stream", new Partition(random.nextInt(1 << 20)));
    } else if (plain.isEnum()) {
      return plain.getEnumConstants()[random.nextInt(plain.getEnumConstants().length)];
    }
    return make(plain.asSubclass(Record.class));
  }

  private Object collection(Class<?> raw, Type[] of) {
    int count = random.nextInt(MOST_ELEMENTS + 1);
    if (raw == Map.class) {
      Map<Object, Object> map = new HashMap<>();
      for (int i = 0; i < count; i++) {
        map.put(value(of[0]), value(of[1]));
      }
      return map;
    }
    List<Object> elements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      elements.add(value(of[0]));
    }
    return raw == Set.class ? new HashSet<>(elements) : elements;
  }
}
