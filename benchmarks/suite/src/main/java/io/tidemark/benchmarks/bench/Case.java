package io.tidemark.benchmarks.bench;

import io.tidemark.benchmarks.contender.Assignment;
import io.tidemark.benchmarks.contender.Share;
import io.tidemark.benchmarks.contender.Workload;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Work that every contender is given alike.
 *
 * @param name as on the command line
 * @param workload what is done
 * @param keys whose turn it is, record by record
 * @param records how many there are in the input
 * @param tableRows how many keys the table has, the first ones; 0 for no table
 * @param partitions of all topics
 * @param workers threads that process, in each container
 * @param containers processes that share the work
 * @param stores how many {@link Workload#MANY_STORES} has
 * @param memory that state may take in each container, in bytes
 * @param heap of the JVM of each container, in MiB
 * @param commitInterval from commit to commit
 * @param checkpointInterval from checkpoint to checkpoint; zero for none
 * @param limit after which a run ends, though there is more to do
 */
record Case(
    String name,
    Workload workload,
    KeySequence keys,
    long records,
    int tableRows,
    int partitions,
    int workers,
    int containers,
    int stores,
    long memory,
    int heap,
    Duration commitInterval,
    Duration checkpointInterval,
    Duration limit) {

  static final long MIB = 1L << 20;

  /** A case with what most have in common. */
  static Case of(String name, Workload workload, KeySequence keys, long records) {
    return new Copy(name, workload, keys, records).made();
  }

  Case records(long count) {
    return with(copy -> copy.records = count);
  }

  Case table(int rows) {
    return with(copy -> copy.tableRows = rows);
  }

  Case partitions(int count) {
    return with(copy -> copy.partitions = count);
  }

  Case workers(int count) {
    return with(copy -> copy.workers = count);
  }

  Case containers(int count) {
    return with(copy -> copy.containers = count);
  }

  Case stores(int count) {
    return with(copy -> copy.stores = count);
  }

  Case memory(long bytes) {
    return with(copy -> copy.memory = bytes);
  }

  Case limit(Duration longest) {
    return with(copy -> copy.limit = longest);
  }

  Case commits(Duration interval) {
    return with(copy -> copy.commitInterval = interval);
  }

  Case checkpoints(Duration interval) {
    return with(copy -> copy.checkpointInterval = interval);
  }

  private Case with(Consumer<Copy> change) {
    Copy copy = new Copy(name, workload, keys, records);
    copy.tableRows = tableRows;
    copy.partitions = partitions;
    copy.workers = workers;
    copy.containers = containers;
    copy.stores = stores;
    copy.memory = memory;
    copy.heap = heap;
    copy.commitInterval = commitInterval;
    copy.checkpointInterval = checkpointInterval;
    copy.limit = limit;
    change.accept(copy);
    return copy.made();
  }

  /** A case in the making. */
  private static final class Copy {
    final String name;
    final Workload workload;
    final KeySequence keys;
    long records;
    int tableRows;
    int partitions = 8;
    int workers = 1;
    int containers = 1;
    int stores = 1;
    long memory = 512 * MIB;
    int heap = 1536;
    Duration commitInterval = Duration.ofMillis(100);
    Duration checkpointInterval = Duration.ZERO;
    Duration limit = Duration.ofSeconds(40);

    Copy(String name, Workload workload, KeySequence keys, long records) {
      this.name = name;
      this.workload = workload;
      this.keys = keys;
      this.records = records;
    }

    Case made() {
      return new Case(
          name,
          workload,
          keys,
          records,
          tableRows,
          partitions,
          workers,
          containers,
          stores,
          memory,
          heap,
          commitInterval,
          checkpointInterval,
          limit);
    }
  }

  /** Whether checkpoints are taken, beside what commits are to some. */
  boolean takesCheckpoints() {
    return !checkpointInterval.isZero();
  }

  /** All of it, for reports. */
  Map<String, Object> settings() {
    Map<String, Object> settings = new LinkedHashMap<>();
    settings.put("workload", workload);
    settings.put("keys", keys.keys());
    settings.put("records", records);
    settings.put("tableRows", tableRows);
    settings.put("partitions", partitions);
    settings.put("workers", workers);
    settings.put("containers", containers);
    settings.put("stores", stores);
    settings.put("memoryBytes", memory);
    settings.put("heapMiB", heap);
    settings.put("commitIntervalMs", commitInterval.toMillis());
    settings.put("checkpointIntervalMs", checkpointInterval.toMillis());
    settings.put("limitMs", limit.toMillis());
    return settings;
  }

  /** What the first of a contender's containers is told, which is mostly the only one. */
  Assignment assignment(
      Field field,
      Contender contender,
      String application,
      String input,
      String table,
      String output,
      Path directory) {
    return new Assignment(
        application,
        field.bootstrapServers(),
        workload,
        contender.tuned(),
        contender.exactlyOnce(),
        commitInterval,
        checkpointInterval,
        workers,
        new Share(0, containers),
        memory,
        stores,
        partitions,
        input,
        table,
        output,
        directory);
  }
}
