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
  private final JobGraph graph;

  OutputStreams(
      JobSettings settings, Serdes serdes, Map<String, StreamSystem> systems, JobGraph graph) {
    this.settings = settings;
    this.serdes = serdes;
    this.systems = systems;
    this.graph = graph;
  }

  /** Creates the streams that join stages, with as many partitions as the graph says. */
  void createIntermediateStreams() {
    for (Stage stage : graph.stages()) {
      for (SystemStream input : stage.inputs()) {
        StreamDefinition definition = settings.stream(input);
        if (definition.intermediate()) {
          create(definition, stage.partitions());
        }
      }
    }
  }

  /** Creates the dead-letter streams, so that their absence is not found when they are needed. */
  void createDeadLetters() {
    List<SystemStream> read = new ArrayList<>(settings.inputs());
    for (StoreDefinition store : settings.stores().values()) {
      if (store.source() != null) {
        read.add(store.source().stream());
      }
    }
    for (SystemStream input : read) {
      SystemStream deadLetter = settings.stream(input).deadLetter();
      if (deadLetter != null) {
        create(settings.stream(deadLetter), graph.stages().get(0).partitions());
      }
    }
  }

  /** How to write a stream, which exists afterwards. */
  @SuppressWarnings("unchecked") // what a task sends is what it configured the serdes for
  OutputSpec spec(SystemStream stream) {
    StreamDefinition definition = settings.stream(stream);
    create(definition, graph.stages().get(0).partitions());
    String prefix = "streams." + definition.id();
    return new OutputSpec(
        definition.systemStream().getStream(),
        (Serde<Object>) serdes.create(prefix + ".key.serde", definition.keySerde()),
        (Serde<Object>) serdes.create(prefix + ".msg.serde", definition.msgSerde()),
        definition.intermediate());
  }

  private void create(StreamDefinition definition, int otherwise) {
    SystemStream stream = definition.systemStream();
    StreamSystem system = Objects.requireNonNull(systems.get(stream.getSystem()));
    if (system.admin().partitionCounts(List.of(stream.getStream())).isEmpty()) {
      Integer partitions = definition.partitions();
      system
          .admin()
          .create(
              new StreamSpec(
                  stream.getStream(),
                  partitions != null ? partitions : otherwise,
                  definition.properties(),
                  definition.intermediate()));
    }
  }
}
