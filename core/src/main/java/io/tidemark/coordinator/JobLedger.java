package io.tidemark.coordinator;

import io.tidemark.api.FencedException;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The one copy of the {@link JobRecord} that a coordinator may change: as long as no other one has
 * taken a higher epoch.
 *
 * <p>Invariant: whatever is written here was written while this epoch was the highest. Called under
 * the coordinator's lock.
 */
final class JobLedger {
  static final String ENTRY = "job";

  private final MetadataStore store;
  private JobRecord record;
  private long version;
  private volatile boolean lost;
  private long verifiedMs;

  private JobLedger(MetadataStore store, JobRecord record, long version, long nowMs) {
    this.store = store;
    this.record = record;
    this.version = version;
    this.verifiedMs = nowMs;
  }

  /** The job's record; null if it has none. Changes nothing. */
  static @Nullable JobRecord read(MetadataStore store) {
    MetadataStore.Entry entry = store.get(ENTRY);
    return entry == null ? null : decode(entry);
  }

  private static JobRecord decode(MetadataStore.Entry entry) {
    return MetadataFields.read(ENTRY, entry.value(), JobRecord::decode);
  }

  /**
   * Takes the next epoch.
   *
   * @param change makes the record to write, but for the epoch, of the one that there is, which may
   *     be null
   */
  static JobLedger take(
      MetadataStore store, UnaryOperator<@Nullable JobRecord> change, long nowMs) {
    while (true) {
      MetadataStore.Entry entry = store.get(ENTRY);
      JobRecord found = entry == null ? null : decode(entry);
      JobRecord taken =
          Objects.requireNonNull(change.apply(found))
              .withEpoch(found == null ? 1 : found.epoch() + 1);
      long version = store.put(ENTRY, taken.encode(), entry == null ? 0 : entry.version());
      if (version != 0) {
        return new JobLedger(store, taken, version, nowMs);
      }
    }
  }

  JobRecord record() {
    return record;
  }

  /**
   * Writes a changed record, durably.
   *
   * @throws FencedException (TM-8303) if another coordinator has taken over
   * @throws MetadataException (TM-8310) if the store cannot be reached; nothing is changed here
   */
  void write(JobRecord changed, long nowMs) {
    refuseIfLost();
    byte[] bytes = changed.encode();
    long written = store.put(ENTRY, bytes, version);
    if (written == 0) {
      // A write whose answer was lost has another version too, but it is of this epoch.
      version = verify().version();
      written = store.put(ENTRY, bytes, version);
    }
    if (written == 0) {
      throw lose();
    }
    version = written;
    record = changed;
    verifiedMs = nowMs;
  }

  /** The entry as it is now, if it is still this coordinator's. */
  private MetadataStore.Entry verify() {
    MetadataStore.Entry entry = store.get(ENTRY);
    if (entry == null || decode(entry).epoch() != record.epoch()) {
      throw lose();
    }
    return entry;
  }

  /**
   * Finds out whether this is still the job's coordinator.
   *
   * @param nowMs the time before the call
   * @throws FencedException (TM-8303) if not
   */
  void verify(long nowMs) {
    refuseIfLost();
    verify();
    verifiedMs = nowMs;
  }

  /** When this was last known to be the job's coordinator. */
  long verifiedMs() {
    return verifiedMs;
  }

  void refuseIfLost() {
    if (lost) {
      throw lose();
    }
  }

  boolean isLost() {
    return lost;
  }

  private FencedException lose() {
    lost = true;
    return new FencedException(
        "TM-8303",
        "another coordinator has taken over the job "
            + record.job()
            + "; this one, of epoch "
            + record.epoch()
            + ", decides nothing any more. If two were started by mistake, stop one of them",
        null);
  }
}
