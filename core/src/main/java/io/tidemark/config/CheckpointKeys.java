package io.tidemark.config;

import static io.tidemark.config.Key.optional;
import static io.tidemark.config.Key.withDefault;
import static io.tidemark.config.ValueType.NAME_OR_CLASS;
import static io.tidemark.config.ValueType.TEXT;
import static io.tidemark.config.ValueType.TRUE_OR_FALSE;
import static io.tidemark.config.ValueType.bytesOrNoLimit;
import static io.tidemark.config.ValueType.milliseconds;
import static io.tidemark.config.ValueType.millisecondsOrNever;
import static io.tidemark.config.ValueType.numberOrNever;
import static io.tidemark.config.ValueType.oneOf;
import static io.tidemark.config.ValueType.wholeNumber;

import io.tidemark.config.CheckpointSettings.OnVerificationFailure;
import java.util.Map;
import java.util.TreeMap;

/** The keys of checkpoints, and the settings that are parsed from them. */
final class CheckpointKeys {
  static final Key<Long> INTERVAL_MS =
      withDefault(
          "task.checkpoint.interval.ms",
          millisecondsOrNever(),
          "60000",
          "The time from one checkpoint to the next; -1: none by time.");
  static final Key<Long> BYTES =
      withDefault(
          "task.checkpoint.bytes",
          bytesOrNoLimit(),
          "-1",
          "A checkpoint is taken when the job has committed so many bytes since the last; -1: never.");
  static final Key<Long> RECORDS =
      withDefault(
          "task.checkpoint.records",
          numberOrNever(),
          "-1",
          "A checkpoint is taken when the job has processed so many records since the last; -1:"
              + " never.");
  static final Key<Long> RECOVERY_TARGET_MS =
      withDefault(
          "task.checkpoint.recovery.target.ms",
          millisecondsOrNever(),
          "-1",
          "How long a recovery on an empty disk may take: checkpoints are taken just often enough;"
              + " -1: as long as it takes.");
  static final Key<Long> MIN_PAUSE_MS =
      optional(
          "task.checkpoint.min.pause.ms",
          milliseconds(0),
          "`1000`, or half of a shorter interval",
          "The least time between the end of a checkpoint and the start of the next; less than the"
              + " interval.");
  static final Key<Long> TIMEOUT_MS =
      withDefault(
          "task.checkpoint.timeout.ms",
          milliseconds(1),
          "600000",
          "How long a checkpoint may take before it is given up.");
  static final Key<Integer> TOLERATED_FAILURES =
      withDefault(
          "task.checkpoint.tolerated.failures",
          wholeNumber(0),
          "3",
          "How many checkpoints may fail one after the other before the job says that it is"
              + " unhealthy. It runs on.");
  static final Key<Integer> RETAIN =
      withDefault(
          "task.checkpoint.retain",
          wholeNumber(1),
          "3",
          "How many completed checkpoints are kept. Savepoints are kept until they are deleted.");
  static final Key<Boolean> ON_SHUTDOWN =
      withDefault(
          "task.checkpoint.on.shutdown",
          TRUE_OR_FALSE,
          "false",
          "Whether a checkpoint is taken when the job is told to stop.");
  static final Key<Long> GRACE_MS =
      withDefault(
          "task.checkpoint.grace.ms",
          milliseconds(0),
          "3600000",
          "How old a file that no checkpoint names must be before it is removed from the blob"
              + " store.");
  static final Key<Integer> UPLOAD_THREADS =
      withDefault(
          "task.checkpoint.upload.threads",
          wholeNumber(1),
          "2",
          "The threads of a container that upload.");
  static final Key<Long> UPLOAD_BYTES_PER_SECOND =
      withDefault(
          "task.checkpoint.upload.bytes.per.second",
          bytesOrNoLimit(),
          "-1",
          "How fast a container uploads at most; -1: as fast as it can.");
  static final Key<OnVerificationFailure> VERIFICATION_FAILURE =
      withDefault(
          "task.checkpoint.verification.failure",
          oneOf(OnVerificationFailure.class),
          "fail",
          "What happens when the checkpoint to start from turns out to be damaged: the start fails, or"
              + " the one before it is taken.");
  static final Key<Boolean> DIGEST =
      withDefault(
          "task.checkpoint.digest",
          TRUE_OR_FALSE,
          "true",
          "Whether checkpoints have digests of what the stores hold, for `tidemark checkpoints"
              + " verify`.");
  static final Key<String> STORE_FACTORY =
      withDefault(
          "task.checkpoint.store.factory",
          NAME_OR_CLASS,
          "filesystem",
          "Where checkpoints are kept: `filesystem`, `hdfs`, `s3`, or the class of a"
              + " `BlobStoreFactory`.");
  static final Key<String> STORE_REST =
      optional(
          "task.checkpoint.store.<kind>.**",
          TEXT,
          "the store's own",
          "Settings of that kind of store, such as `task.checkpoint.store.filesystem.path`.");
  static final Key<String> ENCRYPTION =
      optional(
          "task.checkpoint.encryption.**",
          TEXT,
          "no encryption",
          "Settings of the encryption of all that is written to the blob store.");

  private static final long DEFAULT_PAUSE_MS = 1000;
  private static final String STORE = "task.checkpoint.store.";

  private CheckpointKeys() {}

  static CheckpointSettings read(ConfigReader reader) {
    return new CheckpointSettings(
        reader.value(INTERVAL_MS),
        reader.value(BYTES),
        reader.value(RECORDS),
        reader.value(RECOVERY_TARGET_MS),
        minPauseMs(reader),
        reader.value(TIMEOUT_MS),
        reader.value(TOLERATED_FAILURES),
        reader.value(RETAIN),
        reader.value(ON_SHUTDOWN),
        reader.value(GRACE_MS),
        reader.value(UPLOAD_THREADS),
        reader.value(UPLOAD_BYTES_PER_SECOND),
        reader.value(VERIFICATION_FAILURE),
        reader.value(DIGEST),
        reader.value(STORE_FACTORY),
        storeProperties(reader),
        reader.allBelow("task.checkpoint.encryption."));
  }

  private static long minPauseMs(ConfigReader reader) {
    long intervalMs = reader.value(INTERVAL_MS);
    Long given = reader.optional(MIN_PAUSE_MS);
    if (given == null) {
      return intervalMs < 0 ? DEFAULT_PAUSE_MS : Math.min(DEFAULT_PAUSE_MS, intervalMs / 2);
    }
    if (intervalMs > 0 && given >= intervalMs) {
      reader.problem(
          "task.checkpoint.min.pause.ms=" + given,
          "must be less than task.checkpoint.interval.ms, which is " + intervalMs);
    }
    return given;
  }

  /** Those of all kinds of store: of which kind a class is, only the class knows. */
  private static Map<String, String> storeProperties(ConfigReader reader) {
    Map<String, String> properties = new TreeMap<>(reader.allBelow(STORE));
    properties.remove("factory");
    return properties;
  }
}
