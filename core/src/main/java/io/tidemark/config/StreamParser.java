package io.tidemark.config;

import io.tidemark.api.SystemStream;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** Makes the definitions of all streams that are inputs or have keys of their own. */
final class StreamParser {
  private final ConfigReader reader;
  private final Map<String, SystemDefinition> systems;
  private final BiConsumer<String, String> serdeCheck;
  private final Map<String, Use> uses = new HashMap<>();

  /**
   * A stream that the job reads.
   *
   * @param key the key that says so
   * @param stream its system and id
   */
  record Use(String key, SystemStream stream) {}

  StreamParser(
      ConfigReader reader,
      List<Use> read,
      Map<String, SystemDefinition> systems,
      BiConsumer<String, String> serdeCheck) {
    this.reader = reader;
    this.systems = systems;
    this.serdeCheck = serdeCheck;
    for (Use use : read) {
      SystemStream stream = use.stream;
      Use other = uses.putIfAbsent(stream.getStream(), use);
      if (other != null && !other.stream.equals(stream)) {
        reader.problem(
            use.key,
            String.format(
                "%s is named with the systems %s and %s; give one of them another name here, and"
                    + " set streams.<that name>.physical.name",
                stream.getStream(), other.stream.getSystem(), stream.getSystem()));
      }
    }
  }

  Map<String, StreamDefinition> parse() {
    TreeSet<String> ids = reader.names("streams");
    ids.addAll(uses.keySet());
    Map<String, SystemStream> names = new TreeMap<>();
    ids.forEach(id -> names.put(id, systemStream(id)));
    checkThatNoneHasTwoIds(names);

    Map<String, StreamDefinition> found = new TreeMap<>();
    names.forEach((id, name) -> found.put(id, definition(id, name, names)));
    return found;
  }

  private SystemStream systemStream(String id) {
    String physicalName = reader.optional(Keys.STREAM_PHYSICAL_NAME, id);
    return new SystemStream(systemOf(id), physicalName == null ? id : physicalName);
  }

  private String systemOf(String id) {
    String key = Keys.STREAM_SYSTEM.name().keyFor(id);
    String given = reader.optional(Keys.STREAM_SYSTEM, id);
    Use use = uses.get(id);
    if (given != null) {
      if (use != null && !use.stream.getSystem().equals(given)) {
        reader.problem(
            key, "is " + given + ", but " + use.key + " says " + use.stream + "; correct one");
      } else if (!systems.containsKey(given)) {
        reader.problem(key, undefined(given, systems.keySet()));
      }
      return given;
    }
    if (use != null) {
      String system = use.stream.getSystem();
      if (!systems.containsKey(system)) {
        reader.problem(use.key, use.stream + ": " + undefined(system, systems.keySet()));
      }
      return system;
    }
    if (systems.size() != 1) {
      reader.problem(
          key, "is missing; there is more than one system, or none, and it cannot be guessed");
    }
    return systems.isEmpty() ? "" : systems.keySet().iterator().next();
  }

  static String undefined(String system, Collection<String> defined) {
    return "the system "
        + system
        + " is not defined; set systems."
        + system
        + ".factory"
        + Nearest.question(system, defined);
  }

  private void checkThatNoneHasTwoIds(Map<String, SystemStream> names) {
    Map<SystemStream, String> ids = new HashMap<>();
    names.forEach(
        (id, name) -> {
          String other = ids.putIfAbsent(name, id);
          if (other != null) {
            reader.problem(
                Keys.STREAM_PHYSICAL_NAME.name().keyFor(id),
                "is " + name.getStream() + " as for " + other + "; use one of the two names only");
          }
        });
  }

  private StreamDefinition definition(
      String id, SystemStream name, Map<String, SystemStream> names) {
    SystemDefinition system = systems.get(name.getSystem());
    ErrorPolicy onError = reader.value(Keys.STREAM_ON_ERROR, id);
    return new StreamDefinition(
        id,
        name,
        serde(Keys.STREAM_KEY_SERDE, id, system == null ? "bytes" : system.keySerde()),
        serde(Keys.STREAM_MSG_SERDE, id, system == null ? "bytes" : system.msgSerde()),
        reader.value(Keys.STREAM_OFFSET_DEFAULT, id),
        onError,
        deadLetter(id, name, onError, names),
        reader.optional(Keys.STREAM_PARTITIONS, id),
        reader.allBelow(Keys.STREAM_PROPERTIES, id),
        reader.value(Keys.STREAM_INTERMEDIATE, id));
  }

  private String serde(Key<String> key, String id, String otherwise) {
    String given = reader.optional(key, id);
    if (given == null) {
      return otherwise;
    }
    serdeCheck.accept(key.name().keyFor(id), given);
    return given;
  }

  private @Nullable SystemStream deadLetter(
      String id, SystemStream name, ErrorPolicy onError, Map<String, SystemStream> names) {
    String key = Keys.STREAM_DEAD_LETTER.name().keyFor(id);
    SystemStream given = reader.optional(Keys.STREAM_DEAD_LETTER, id);
    if (onError != ErrorPolicy.DEAD_LETTER) {
      if (given != null) {
        reader.problem(key, "is set, but streams." + id + ".on.error is not dead-letter");
      }
      return null;
    }
    if (given == null) {
      return new SystemStream(name.getSystem(), name.getStream() + "-rejected");
    }
    if (!systems.containsKey(given.getSystem())) {
      reader.problem(key, given + ": " + undefined(given.getSystem(), systems.keySet()));
    }
    SystemStream byId = names.getOrDefault(given.getStream(), given);
    SystemStream target = byId.getSystem().equals(given.getSystem()) ? byId : given;
    if (names.entrySet().stream()
        .anyMatch(e -> uses.containsKey(e.getKey()) && e.getValue().equals(target))) {
      reader.problem(key, given + " is an input of the job, which would read its own rejects");
    }
    return target;
  }
}
