package io.tidemark.stores.rocksdb;

import io.tidemark.api.ConfigException;
import io.tidemark.config.Nearest;
import io.tidemark.state.EngineOptions;
import java.lang.reflect.Method;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.rocksdb.ColumnFamilyOptions;

/**
 * What the configuration says about a store's options of RocksDB: the properties {@code
 * rocksdb.<option>}, by RocksDB's own names.
 *
 * @param store the store's name
 * @param options the options and their values, in order
 */
record Overrides(String store, Map<String, String> options) {
  private static final String PREFIX = "rocksdb.";

  static Overrides of(EngineOptions.Store store) {
    Map<String, String> options = new TreeMap<>();
    store
        .properties()
        .forEach(
            (key, value) -> {
              if (key.startsWith(PREFIX)) {
                options.put(key.substring(PREFIX.length()), value);
              }
            });
    return new Overrides(store.name(), options);
  }

  /** Says that RocksDB does not know an option or its value, and which option may be meant. */
  ConfigException unknown(String option) {
    Set<String> known = new TreeSet<>(TableOptions.NAMES);
    known.addAll(DatabaseOptions.NAMES);
    known.addAll(familyOptions());
    String meant = known.contains(option) ? "" : Nearest.question(option, known);
    return wrong(option, "RocksDB knows no such option of a store, or no such value" + meant);
  }

  /** Says what is wrong with an option. */
  ConfigException wrong(String option, String why) {
    String key = "stores." + store + "." + PREFIX + option;
    return new ConfigException(
        "TM-1002", key + "=" + options.get(option) + ": " + why + ". Correct it or take it away");
  }

  /** About how the options of column families are called, by the methods that set them. */
  private static Set<String> familyOptions() {
    Set<String> names = new TreeSet<>(Set.of("compression", "bottommost_compression"));
    for (Method method : ColumnFamilyOptions.class.getMethods()) {
      if (method.getName().startsWith("set")) {
        String words = method.getName().substring(3).replaceAll("(?<=[a-z0-9])([A-Z])", "_$1");
        names.add(words.toLowerCase(Locale.ROOT));
      }
    }
    return names;
  }

  static Properties properties(Map<String, String> map) {
    Properties properties = new Properties();
    map.forEach(properties::setProperty);
    return properties;
  }
}
