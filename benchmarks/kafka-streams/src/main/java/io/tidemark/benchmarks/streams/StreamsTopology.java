package io.tidemark.benchmarks.streams;

import io.tidemark.benchmarks.contender.Assignment;
import io.tidemark.benchmarks.contender.Workload;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.state.KeyValueStore;
import org.apache.kafka.streams.state.StoreBuilder;
import org.apache.kafka.streams.state.Stores;

/**
 * Source, processor and sink of a workload.
 *
 * <p>The table of {@link Workload#ENRICH} is a global store, which Kafka Streams loads from the
 * table's topic before it starts to process.
 */
final class StreamsTopology {
  private static final String INPUT = "input";
  private static final String TABLE = "table";
  private static final String PROCESSOR = "step";

  private StreamsTopology() {}

  static Topology of(Assignment assignment) {
    Topology topology = new Topology();
    topology.addSource(
        INPUT, new ByteArrayDeserializer(), new ByteArrayDeserializer(), assignment.input());
    List<String> names = storeNames(assignment);
    topology.addProcessor(PROCESSOR, () -> new StepProcessor(assignment.workload(), names), INPUT);
    for (String name : names) {
      addStore(topology, assignment, name);
    }
    topology.addSink(
        "output",
        assignment.output(),
        new ByteArraySerializer(),
        new ByteArraySerializer(),
        PROCESSOR);
    return topology;
  }

  private static List<String> storeNames(Assignment assignment) {
    return switch (assignment.workload()) {
      case COPY -> List.of();
      case COUNT, LATEST, READ_MODIFY_WRITE -> List.of("store");
      case ENRICH -> List.of(TABLE);
      case MANY_STORES ->
          IntStream.range(0, assignment.stores()).mapToObj(i -> "store" + i).toList();
    };
  }

  private static void addStore(Topology topology, Assignment assignment, String name) {
    if (assignment.workload() != Workload.ENRICH) {
      topology.addStateStore(store(name), PROCESSOR);
      return;
    }
    topology.addGlobalStore(
        store(name).withLoggingDisabled(),
        name + "-source",
        new ByteArrayDeserializer(),
        new ByteArrayDeserializer(),
        assignment.table(),
        name + "-rows",
        () -> new TableProcessor(name));
  }

  /** A store as its builder makes it: in RocksDB, with a changelog, and no cache before it. */
  private static StoreBuilder<KeyValueStore<byte[], byte[]>> store(String name) {
    return Stores.keyValueStoreBuilder(
        Stores.persistentKeyValueStore(name), Serdes.ByteArray(), Serdes.ByteArray());
  }
}
