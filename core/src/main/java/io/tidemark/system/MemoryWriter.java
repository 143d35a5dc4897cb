package io.tidemark.system;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.system.MemorySystem.Placed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A named writer to a {@link MemorySystem}. What it sends is invisible until it commits, and then
 * visible all at once. The next writer of its name fences it: every call then throws {@link
 * io.tidemark.api.FencedException} (TM-3101). Confined to one thread.
 */
public final class MemoryWriter {
  private final MemorySystem system;
  private final String name;
  private final long epoch;
  private final List<Placed> uncommitted = new ArrayList<>();

  MemoryWriter(MemorySystem system, String name, long epoch) {
    this.system = system;
    this.name = name;
    this.epoch = epoch;
  }

  /** Throws unless this is still the writer of its name. */
  public void requireCurrent() {
    synchronized (system) {
      system.requireEpoch(name, epoch);
    }
  }

  /** Sends a record as part of the commit to come. */
  public void send(OutgoingRecord record) {
    synchronized (system) {
      system.requireEpoch(name, epoch);
      uncommitted.add(system.place(record));
    }
  }

  /** Sends a record that is visible at once. */
  public void sendVisibly(OutgoingRecord record) {
    synchronized (system) {
      system.requireEpoch(name, epoch);
      system.append(system.place(record));
    }
  }

  /**
   * Makes everything sent visible.
   *
   * @return the offset of the first record, for each partition that got any
   */
  public Map<SystemStreamPartition, Long> commit() {
    synchronized (system) {
      system.requireEpoch(name, epoch);
      Map<SystemStreamPartition, Long> firsts = new HashMap<>();
      for (Placed placed : uncommitted) {
        firsts.putIfAbsent(placed.partition().id, placed.partition().end());
        system.append(placed);
      }
      uncommitted.clear();
      return firsts;
    }
  }

  /** Forgets what was sent and not committed. */
  public void abort() {
    uncommitted.clear();
  }
}
