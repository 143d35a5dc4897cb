package io.tidemark.config;

import io.tidemark.api.BytesSerde;
import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.DoubleSerde;
import io.tidemark.api.IntegerSerde;
import io.tidemark.api.LongSerde;
import io.tidemark.api.Serde;
import io.tidemark.api.SerdeFactory;
import io.tidemark.api.StringSerde;
import io.tidemark.api.UUIDSerde;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Makes serdes by name: one that {@code serializers.registry.<name>.class} defines, a built-in one,
 * one of an installed {@link SerdeFactory}, or one of the class of that name. Any thread may call
 * it.
 */
public final class Serdes {
  private static final Map<String, Function<Config, Serde<?>>> BUILT_IN =
      Map.of(
          "bytes", settings -> new BytesSerde(),
          "string", settings -> new StringSerde(),
          "integer", settings -> new IntegerSerde(),
          "long", settings -> new LongSerde(),
          "double", settings -> new DoubleSerde(),
          "uuid", settings -> new UUIDSerde());

  private final Config config;
  private final Map<String, Function<Config, Serde<?>>> byName = new HashMap<>(BUILT_IN);

  /** The serdes of a job's configuration. */
  public Serdes(Config config) {
    this.config = config;
    for (SerdeFactory factory : Plugins.installed(SerdeFactory.class)) {
      byName.put(factory.name(), factory::create);
    }
  }

  /**
   * A new serde.
   *
   * @param key the key that names it, for messages
   * @param name its name
   * @throws ConfigException (TM-1003) if there is none
   */
  public Serde<?> create(String key, String name) {
    String prefix = "serializers.registry." + name + ".";
    Config settings = config.subset(prefix);
    String registered = settings.get("class");
    return registered == null
        ? create(key, name, settings)
        : create(prefix + "class", registered, settings);
  }

  private Serde<?> create(String key, String nameOrClass, Config settings) {
    Function<Config, Serde<?>> known = byName.get(nameOrClass);
    if (known != null) {
      return known.apply(settings);
    }
    if (nameOrClass.indexOf('.') < 0) {
      TreeSet<String> names = new TreeSet<>(byName.keySet());
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
