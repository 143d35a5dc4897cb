package io.tidemark.config;

import io.tidemark.api.Config;
import io.tidemark.api.SystemStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes the sources of stores, and finds what does not go with being fed by a stream. */
final class SourceParser {
  private final Config config;
  private final ConfigReader reader;
  private final List<SystemStream> inputs;
  private final Map<String, StreamDefinition> streams;
  private final Map<SystemStream, String> fedByPartition = new HashMap<>();

  /**
   * @param inputs as the configuration names them
   * @param streams by id; those that feed stores are among them
   */
  SourceParser(
      Config config,
      ConfigReader reader,
      List<SystemStream> inputs,
      Map<String, StreamDefinition> streams) {
    this.config = config;
    this.reader = reader;
    this.inputs = inputs;
    this.streams = streams;
  }

  /** What feeds a store; null if tasks write it. */
  @Nullable StoreSource parse(String store) {
    SystemStream named = reader.optional(Keys.STORE_SOURCE, store);
    if (named == null) {
      refuse(Keys.STORE_SOURCE_MODE, store, "no stream feeds the store; set " + key(store));
      refuse(Keys.STORE_SOURCE_WAIT_MS, store, "no stream feeds the store; set " + key(store));
      refuse(Keys.STORE_SOURCE_ON_TIMEOUT, store, "no stream feeds the store; set " + key(store));
      return null;
    }
    StreamDefinition definition = streams.get(named.getStream());
    if (definition == null) {
      return null; // of a system that is not defined, which has been said
    }
    StoreSource source =
        new StoreSource(
            definition.systemStream(),
            reader.value(Keys.STORE_SOURCE_MODE, store),
            reader.value(Keys.STORE_SOURCE_WAIT_MS, store),
            reader.value(Keys.STORE_SOURCE_ON_TIMEOUT, store));
    if (definition.offsetDefault() == OffsetDefault.UPCOMING) {
      reader.problem(
          Keys.STREAM_OFFSET_DEFAULT.name().keyFor(definition.id()),
          "is upcoming, but the stream feeds store "
              + store
              + ", which needs all of it; leave it out");
    }
    if (definition.intermediate()) {
      reader.problem(
          key(store),
          named + " is an intermediate stream; let the stage that reads it write the store");
    }
    if (source.mode() == StoreSource.Mode.PARTITION) {
      checkPartition(store, named, definition);
    } else {
      checkBroadcast(store, definition);
    }
    return source;
  }

  private void checkPartition(String store, SystemStream named, StreamDefinition definition) {
    if (inputs.contains(named)) {
      reader.problem(
          key(store),
          named
              + " is an input of the job too; let the task write the store, or set "
              + Keys.STORE_SOURCE_MODE.name().keyFor(store)
              + "=broadcast");
    }
    String other = fedByPartition.putIfAbsent(definition.systemStream(), store);
    if (other != null) {
      reader.problem(key(store), named + " feeds store " + other + " already; use that one");
    }
  }

  private void checkBroadcast(String store, StreamDefinition definition) {
    String whole = "every task has all of a broadcast store; leave it out";
    refuse(Keys.STORE_SCOPE, store, whole);
    refuse(Keys.STORE_PARTITIONING_KEY, store, whole);
    refuse(Keys.STORE_CACHE, store, "a broadcast store has no cache; leave it out");
    String unknown = "the values of a broadcast store are those of its source; leave it out";
    refuse(Keys.STORE_MIGRATIONS, store, unknown);
    refuse(Keys.STORE_MIGRATE, store, unknown);
    if (reader.value(Keys.STORE_TTL_MS, store) > 0) {
      reader.problem(
          Keys.STORE_TTL_MS.name().keyFor(store),
          "entries of a broadcast store live as long as in its source; leave it out");
    }
    if (definition.onError() == ErrorPolicy.DEAD_LETTER) {
      reader.problem(
          Keys.STREAM_ON_ERROR.name().keyFor(definition.id()),
          "is dead-letter, but the stream feeds broadcast store "
              + store
              + ", and every container would send the same rejects; set it to fail or skip");
    }
  }

  private void refuse(Key<?> key, String store, String why) {
    String given = key.name().keyFor(store);
    if (config.containsKey(given)) {
      reader.problem(given, why);
    }
  }

  private static String key(String store) {
    return Keys.STORE_SOURCE.name().keyFor(store);
  }
}
