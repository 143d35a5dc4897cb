package io.tidemark.runtime;

import io.tidemark.api.StateException;
import io.tidemark.state.StateDirectory;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All tables of one container, fed step by step. Their local copies are in a directory of the
 * container's number. Confined to the thread that calls {@link #open}, but for the counters.
 */
public final class BroadcastTables implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BroadcastTables.class);

  private final Path stateDirectory;
  private final String job;
  private final String container;
  private final List<BroadcastTable> tables;
  private final WorkerCounters counters = new WorkerCounters();
  private @Nullable StateDirectory directory;

  /**
   * @param stateDirectory {@code job.state.dir}
   * @param job the job's name and id
   * @param container the container's number
   * @param ticker milliseconds that never go back
   */
  public BroadcastTables(
      Path stateDirectory,
      String job,
      int container,
      List<BroadcastTable.Spec> specs,
      LongSupplier ticker) {
    this.stateDirectory = stateDirectory;
    this.job = job;
    this.container = "container-" + container;
    this.tables = specs.stream().map(spec -> new BroadcastTable(spec, ticker, counters)).toList();
  }

  /** The tables, in the order of their specs. */
  public List<BroadcastTable> tables() {
    return tables;
  }

  /** How many records were passed over. Any thread may read it. */
  public WorkerCounters counters() {
    return counters;
  }

  /**
   * Opens what is there, and reads on from it.
   *
   * @throws StateException (TM-3002) if another process has the container's directory open
   */
  public void open() {
    if (!tables.isEmpty()) {
      StateDirectory opened = StateDirectory.open(stateDirectory, job, container + ".broadcast");
      directory = opened;
      tables.forEach(table -> table.open(opened, "Container " + job + "-" + container));
    }
  }

  /** Whether tasks may begin. */
  public boolean isPopulated() {
    return tables.stream().allMatch(BroadcastTable::isPopulated);
  }

  /**
   * One step: takes what has come for each table.
   *
   * @param timeoutMs how long to wait for records when there are none
   * @return how many records came
   */
  public int doWork(long timeoutMs) {
    int taken = 0;
    for (BroadcastTable table : tables) {
      taken += table.doWork(timeoutMs / tables.size());
    }
    return taken;
  }

  /** Frees everything; nobody reads the tables any more. */
  @Override
  public void close() {
    for (BroadcastTable table : tables) {
      try {
        table.close();
      } catch (RuntimeException e) {
        LOG.warn("Closing store {} failed: {}", table.store(), e.toString());
      }
    }
    if (directory != null) {
      directory.close();
      directory = null;
    }
  }
}
