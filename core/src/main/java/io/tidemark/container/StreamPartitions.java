package io.tidemark.container;

import io.tidemark.api.ConfigException;
import io.tidemark.api.SystemStream;
import io.tidemark.config.JobSettings;
import io.tidemark.config.Nearest;
import io.tidemark.config.StageDefinition;
import io.tidemark.config.StreamDefinition;
import io.tidemark.system.StreamSystem;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Tells how many partitions the streams of a job have, or will be created with. */
final class StreamPartitions {
  private final JobSettings settings;
  private final Function<String, StreamSystem> systems;

  StreamPartitions(JobSettings settings, Function<String, StreamSystem> systems) {
    this.settings = settings;
    this.systems = systems;
  }

  /**
   * The partitions of a stream that is read.
   *
   * @param what what it is to the job
   * @param key the key that names it
   * @throws ConfigException (TM-2004) if it does not exist, and the job does not create it
   */
  int count(SystemStream stream, String what, String key) {
    Integer existing = existing(stream);
    if (existing != null) {
      return existing;
    }
    StreamDefinition definition = settings.stream(stream);
    if (!definition.intermediate()) {
      throw missing(stream, what, key);
    }
    Integer configured = definition.partitions();
    return configured != null ? configured : ofFirstExternalInput();
  }

  private @Nullable Integer existing(SystemStream stream) {
    return systems
        .apply(stream.getSystem())
        .admin()
        .partitionCounts(List.of(stream.getStream()))
        .get(stream.getStream());
  }

  private int ofFirstExternalInput() {
    for (StageDefinition stage : settings.stages()) {
      for (SystemStream input : stage.inputs()) {
        if (!settings.stream(input).intermediate()) {
          return count(input, "the input", stage.key("inputs"));
        }
      }
    }
    throw new AssertionError("a job has an input from outside");
  }

  private ConfigException missing(SystemStream stream, String what, String key) {
    List<String> intermediate =
        settings.streams().values().stream()
            .filter(StreamDefinition::intermediate)
            .map(definition -> definition.systemStream().toString())
            .toList();
    String id = settings.stream(stream).id();
    return new ConfigException(
        "TM-2004",
        String.format(
            "%s %s does not exist; create it, or correct %s%s%s",
            what,
            stream,
            key,
            settings.stages().size() > 1 && what.equals("the input")
                ? ", or set streams." + id + ".intermediate=true if another stage writes it"
                : "",
            Nearest.question(stream.toString(), intermediate)));
  }
}
