package io.tidemark.container;

import io.tidemark.api.Serde;
import io.tidemark.api.SystemStream;
import io.tidemark.config.JobSettings;
import io.tidemark.config.Serdes;
import io.tidemark.config.StoreDefinition;
import io.tidemark.config.StreamDefinition;
import io.tidemark.runtime.OutputSpec;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.StreamSystem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Says how outputs are written, and creates those that are missing. Any thread may call it. */
final class OutputStreams {
  private final JobSettings settings;
  private final Serdes serdes;
  private final Map<String, StreamSystem> systems;
  private final int tasks;

  OutputStreams(JobSettings settings, Serdes serdes, Map<String, StreamSystem> systems, int tasks) {
    this.settings = settings;
    this.serdes = serdes;
    this.systems = systems;
    this.tasks = tasks;
  }

  /** Creates the dead-letter streams, so that their absence is not found when they are needed. */
  void createDeadLetters() {
    List<SystemStream> read = new ArrayList<>(settings.task().inputs());
    for (StoreDefinition store : settings.stores().values()) {
      if (store.source() != null) {
        read.add(store.source().stream());
      }
    }
    for (SystemStream input : read) {
      SystemStream deadLetter = settings.stream(input).deadLetter();
      if (deadLetter != null) {
        create(settings.stream(deadLetter));
      }
    }
  }

  /** How to write a stream, which exists afterwards. */
  @SuppressWarnings("unchecked") // what a task sends is what it configured the serdes for
  OutputSpec spec(SystemStream stream) {
    StreamDefinition definition = settings.stream(stream);
    create(definition);
    String prefix = "streams." + definition.id();
    return new OutputSpec(
        definition.systemStream().getStream(),
        (Serde<Object>) serdes.create(prefix + ".key.serde", definition.keySerde()),
        (Serde<Object>) serdes.create(prefix + ".msg.serde", definition.msgSerde()),
        false);
  }

  private void create(StreamDefinition definition) {
    SystemStream stream = definition.systemStream();
    StreamSystem system = Objects.requireNonNull(systems.get(stream.getSystem()));
    if (system.admin().partitionCounts(List.of(stream.getStream())).isEmpty()) {
      Integer partitions = definition.partitions();
      system
          .admin()
          .create(
              new StreamSpec(
                  stream.getStream(),
                  partitions != null ? partitions : tasks,
                  definition.properties()));
    }
  }
}
