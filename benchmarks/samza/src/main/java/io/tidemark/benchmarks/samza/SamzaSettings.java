package io.tidemark.benchmarks.samza;

import io.tidemark.benchmarks.contender.Assignment;
import io.tidemark.benchmarks.contender.Workload;
import java.util.HashMap;
import java.util.Map;
import org.apache.samza.checkpoint.kafka.KafkaCheckpointManagerFactory;
import org.apache.samza.container.grouper.task.SingleContainerGrouperFactory;
import org.apache.samza.serializers.ByteSerdeFactory;
import org.apache.samza.serializers.LongSerdeFactory;
import org.apache.samza.standalone.PassthroughJobCoordinatorFactory;
import org.apache.samza.storage.kv.RocksDbKeyValueStorageEngineFactory;

/** The settings of Samza for an assignment. TUNING.md says why those of the tuned one. */
final class SamzaSettings {
  /** What the broker is called. */
  static final String SYSTEM = "kafka";

  private static final long MEGABYTE = 1 << 20;

  private SamzaSettings() {}

  static Map<String, String> of(Assignment assignment) {
    Map<String, String> settings = new HashMap<>();
    settings.put("app.name", assignment.application());
    settings.put("job.default.system", SYSTEM);
    settings.put("job.coordinator.factory", PassthroughJobCoordinatorFactory.class.getName());
    settings.put("task.name.grouper.factory", SingleContainerGrouperFactory.class.getName());
    settings.put("processor.id", "0");
    settings.put("task.checkpoint.factory", KafkaCheckpointManagerFactory.class.getName());
    settings.put("job.logged.store.base.dir", assignment.directory().resolve("logged").toString());
    settings.put(
        "job.non-logged.store.base.dir", assignment.directory().resolve("tables").toString());
    if (assignment.workers() > 1) {
      settings.put("job.container.thread.pool.size", Integer.toString(assignment.workers()));
    }
    oneBroker(settings);
    int stores = stores(assignment);
    for (int number = 0; number < stores; number++) {
      addStore(settings, assignment, number, stores);
    }
    if (assignment.tuned()) {
      tune(settings);
    }
    return settings;
  }

  /** Returns the name of a store. */
  static String storeName(int number) {
    return "store" + number;
  }

  private static int stores(Assignment assignment) {
    return switch (assignment.workload()) {
      case COPY -> 0;
      case COUNT, LATEST, READ_MODIFY_WRITE, ENRICH -> 1;
      case MANY_STORES -> assignment.stores();
    };
  }

  /** Samza would have two copies of each of its topics. */
  private static void oneBroker(Map<String, String> settings) {
    settings.put("job.coordinator.replication.factor", "1");
    settings.put("task.checkpoint.replication.factor", "1");
    settings.put("stores.default.changelog.replication.factor", "1");
  }

  private static void addStore(
      Map<String, String> settings, Assignment assignment, int number, int stores) {
    boolean counts =
        switch (assignment.workload()) {
          case COUNT, MANY_STORES -> true;
          case COPY, LATEST, READ_MODIFY_WRITE, ENRICH -> false;
        };
    settings.put("serializers.registry.long.class", LongSerdeFactory.class.getName());
    settings.put("serializers.registry.bytes.class", ByteSerdeFactory.class.getName());
    String store = "stores." + storeName(number) + ".";
    settings.put(store + "factory", RocksDbKeyValueStorageEngineFactory.class.getName());
    settings.put(store + "key.serde", "long");
    settings.put(store + "msg.serde", counts ? "long" : "bytes");
    if (assignment.workload() != Workload.ENRICH) {
      settings.put(store + "changelog", assignment.application() + "-" + storeName(number));
    }
    if (assignment.tuned()) {
      tuneStore(settings, store, assignment.memory() / stores, assignment.partitions());
    }
  }

  private static void tuneStore(
      Map<String, String> settings, String store, long memory, int tasks) {
    settings.put(store + "container.cache.size.bytes", Long.toString(memory / 2));
    settings.put(store + "container.write.buffer.size.bytes", Long.toString(memory / 8));
    settings.put(store + "rocksdb.compression", "none");
  }

  private static void tune(Map<String, String> settings) {
    String system = "systems." + SYSTEM + ".";
    settings.put("task.consumer.batch.size", "500");
    settings.put("job.jmx.enabled", "false");
    settings.put(system + "samza.fetch.threshold", "100000");
    settings.put(system + "consumer.max.poll.records", "10000");
    settings.put(system + "consumer.max.partition.fetch.bytes", Long.toString(4 * MEGABYTE));
    settings.put(system + "producer.linger.ms", "20");
    settings.put(system + "producer.batch.size", Long.toString(MEGABYTE / 4));
    settings.put(system + "producer.buffer.memory", Long.toString(64 * MEGABYTE));
  }
}
