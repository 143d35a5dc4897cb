package io.tidemark.config;

import io.tidemark.api.BytesSerde;
import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.DoubleSerde;
import io.tidemark.api.IntegerSerde;
import io.tidemark.api.LongSerde;
import io.tidemark.api.OrderedDoubleSerde;
import io.tidemark.api.OrderedIntegerSerde;
import io.tidemark.api.OrderedLongSerde;
import io.tidemark.api.OrderedSerde;
import io.tidemark.api.Serde;
import io.tidemark.api.SerdeFactory;
import io.tidemark.api.StringSerde;
import io.tidemark.api.TupleSerde;
import io.tidemark.api.UUIDSerde;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Makes serdes by name: one that {@code serializers.registry.<name>.class} defines, a built-in one,
 * one of an installed {@link SerdeFactory}, or one of the class of that name. Any thread may call
 * it.
 */
public final class Serdes {
  private static final Map<String, Supplier<Serde<?>>> BUILT_IN =
      Map.of(
          "bytes", BytesSerde::new,
          "string", StringSerde::new,
          "integer", IntegerSerde::new,
          "long", LongSerde::new,
          "double", DoubleSerde::new,
          "uuid", UUIDSerde::new,
          "ordered-integer", OrderedIntegerSerde::new,
          "ordered-long", OrderedLongSerde::new,
          "ordered-double", OrderedDoubleSerde::new);

  /** Made of other serdes, by their names, and therefore here and not in the map. */
  private static final String TUPLE = "tuple";

  private final Config config;
  private final Map<String, Function<Config, Serde<?>>> byName = new HashMap<>();

  /** The serdes of a job's configuration. */
  public Serdes(Config config) {
    this.config = config;
    BUILT_IN.forEach((name, maker) -> byName.put(name, settings -> maker.get()));
    for (SerdeFactory factory : Plugins.installed(SerdeFactory.class)) {
      byName.put(factory.name(), factory::create);
    }
  }

  /**
   * A new serde.
   *
   * @param key the key that names it, for messages
   * @param name its name
   * @throws ConfigException (TM-1003) if there is none, (TM-1020) if it is a tuple of parts that do
   *     not fit
   */
  public Serde<?> create(String key, String name) {
    return create(key, name, Set.of());
  }

  /**
   * @param within the names of the tuples that this is a part of
   */
  private Serde<?> create(String key, String name, Set<String> within) {
    String prefix = "serializers.registry." + name + ".";
    Config settings = config.subset(prefix);
    String registered = settings.get("class");
    if (TUPLE.equals(registered) || (registered == null && name.equals(TUPLE))) {
      return tuple(prefix + "parts", name, settings, within);
    }
    return registered == null
        ? create(key, name, settings)
        : create(prefix + "class", registered, settings);
  }

  private TupleSerde tuple(String key, String name, Config settings, Set<String> within) {
    List<String> names = settings.getList("parts");
    if (names.isEmpty()) {
      throw new ConfigException(
          "TM-1020",
          key + " is missing; list the serdes of the tuple's parts, such as string,ordered-long");
    }
    TreeSet<String> withThis = new TreeSet<>(within);
    if (!withThis.add(name)) {
      throw new ConfigException(
          "TM-1020", key + ": the tuple would be a part of itself; list other serdes");
    }
    List<OrderedSerde<?>> parts = new ArrayList<>();
    for (String part : names) {
      if (!(create(key, part, withThis) instanceof OrderedSerde<?> ordered)) {
        throw new ConfigException(
            "TM-1020",
            key
                + ": "
                + part
                + " cannot be a part of a tuple, because its bytes are not in order; list"
                + " ordered-integer, ordered-long, ordered-double, string, uuid, other tuples, or"
                + " an OrderedSerde of your own");
      }
      parts.add(ordered);
    }
    return new TupleSerde(parts);
  }

  private Serde<?> create(String key, String nameOrClass, Config settings) {
    Function<Config, Serde<?>> known = byName.get(nameOrClass);
    if (known != null) {
      return known.apply(settings);
    }
    if (nameOrClass.indexOf('.') < 0) {
      TreeSet<String> names = new TreeSet<>(byName.keySet());
      names.add(TUPLE);
      config.keySet().stream()
          .flatMap(other -> Keys.SERDE_CLASS.name().nameIn(other).stream())
          .forEach(names::add);
      throw Plugins.unknownName(key, nameOrClass, names);
    }
    Object created = Plugins.create(key, Plugins.load(key, nameOrClass));
    if (created instanceof Serde<?> serde) {
      return serde;
    }
    if (created instanceof SerdeFactory factory) {
      return factory.create(settings);
    }
    throw new ConfigException(
        "TM-1003",
        key + "=" + nameOrClass + ": the class is neither a Serde nor a SerdeFactory of Tidemark");
  }
}
