package io.tidemark.config;

import static io.tidemark.config.Key.optional;
import static io.tidemark.config.Key.required;
import static io.tidemark.config.Key.requiredUnless;
import static io.tidemark.config.Key.withDefault;
import static io.tidemark.config.ValueType.ADDRESS;
import static io.tidemark.config.ValueType.CLASS;
import static io.tidemark.config.ValueType.CLASSES;
import static io.tidemark.config.ValueType.DIRECTORY;
import static io.tidemark.config.ValueType.FILE;
import static io.tidemark.config.ValueType.NAME;
import static io.tidemark.config.ValueType.NAMES;
import static io.tidemark.config.ValueType.NAME_OR_CLASS;
import static io.tidemark.config.ValueType.SERDE;
import static io.tidemark.config.ValueType.SYSTEM_STREAM;
import static io.tidemark.config.ValueType.SYSTEM_STREAMS;
import static io.tidemark.config.ValueType.TEXT;
import static io.tidemark.config.ValueType.TRUE_OR_FALSE;
import static io.tidemark.config.ValueType.bytes;
import static io.tidemark.config.ValueType.milliseconds;
import static io.tidemark.config.ValueType.millisecondsOrNever;
import static io.tidemark.config.ValueType.oneOf;
import static io.tidemark.config.ValueType.wholeNumber;

import io.tidemark.api.SystemStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Every key there is, in the order of the reference. Where Samza has a key of the same meaning, the
 * name is Samza's.
 */
final class Keys {
  /** What a commit promises about the records sent. */
  enum Guarantee {
    EXACTLY_ONCE,
    AT_LEAST_ONCE
  }

  static final Key<String> JOB_NAME =
      required(
          "job.name",
          NAME,
          "unnamed",
          "The job's name. With `job.id` it tells jobs apart forever.");
  static final Key<String> JOB_ID =
      withDefault("job.id", NAME, "1", "Tells apart several runs of the same job.");
  static final Key<Integer> CONTAINER_COUNT =
      withDefault(
          "job.container.count", wholeNumber(1), "1", "How many containers (processes) run it.");
  static final Key<Path> STATE_DIRECTORY =
      optional(
          "job.state.dir",
          DIRECTORY,
          "`tidemark` in the user's data folder: `$XDG_DATA_HOME` or `~/.local/share`, `~/Library/Application Support`, `%LOCALAPPDATA%`",
          "Where local state is kept, each job in a folder of its own. Recovery is quickest from here;"
              + " nothing is lost without.");
  static final Key<String> JOURNAL_SYSTEM =
      optional(
          "job.journal.system",
          NAME,
          "the system of the first input",
          "The system that holds the journals. Exactly-once covers what is sent to this system.");

  static final Key<Optional<InetSocketAddress>> COORDINATOR_ADDRESS =
      withDefault(
          "job.coordinator.address",
          ADDRESS,
          "127.0.0.1:0",
          "Where the coordinator answers containers; port 0: any that is free; `off`: only containers"
              + " of its own process.");
  static final Key<Path> COORDINATOR_TLS_CERTIFICATE =
      optional(
          "job.coordinator.tls.certificate",
          FILE,
          "no TLS",
          "The file of the certificate that the coordinator and its callers show, and those that"
              + " vouch for it, as PEM.");
  static final Key<Path> COORDINATOR_TLS_KEY =
      optional(
          "job.coordinator.tls.key",
          FILE,
          "no TLS",
          "The file of its private key, as PEM (PKCS #8).");
  static final Key<Path> COORDINATOR_TLS_CA =
      optional(
          "job.coordinator.tls.ca",
          FILE,
          "anybody may call who has the token",
          "The file of the certificates that vouch for callers, and to them for the coordinator;"
              + " callers without one are refused.");
  static final Key<Boolean> COORDINATOR_INSECURE =
      withDefault(
          "job.coordinator.insecure",
          TRUE_OR_FALSE,
          "false",
          "Whether other machines may call without TLS, so that the token can be read on the way.");
  static final Key<Path> COORDINATOR_TOKEN_FILE =
      optional(
          "job.coordinator.token.file",
          FILE,
          "`coordinator/token` in the job's folder in `job.state.dir`",
          "The file of the token that the coordinator's callers show. Containers on other machines"
              + " need a copy.");
  static final Key<Long> COORDINATOR_HEARTBEAT_MS =
      withDefault(
          "job.coordinator.heartbeat.ms",
          milliseconds(1),
          "1000",
          "How often a container tells the coordinator how it is.");
  static final Key<Long> COORDINATOR_LEASE_MS =
      withDefault(
          "job.coordinator.lease.ms",
          milliseconds(3),
          "10000",
          "How long a container goes on that does not reach the coordinator. One that is not heard of"
              + " for so long is given up, and its tasks move to the others.");
  static final Key<String> METADATA_STORE =
      withDefault(
          "job.metadata.store",
          NAME_OR_CLASS,
          "file",
          "What keeps the job's metadata: its containers, generations and checkpoints.");
  static final Key<Path> METADATA_FILE_PATH =
      optional(
          "job.metadata.file.path",
          DIRECTORY,
          "`metadata` in the job's folder in `job.state.dir`",
          "Where the metadata store `file` keeps it. A coordinator that may start on another machine"
              + " needs a directory that both machines have.");
  static final Key<List<String>> JOB_STAGES =
      optional(
          "job.stages",
          NAMES,
          "one, of `task.class` and `task.inputs`",
          "The names of the job's stages, such as `parse,count`, if it has several. Once the job has"
              + " run, neither their names nor their order may change.");

  static final Key<String> STAGE_CLASS =
      optional(
          "stages.<stage>.class",
          CLASS,
          "required by `tidemark run`",
          "The stage's task, as `task.class`. All other settings of `task.` are those of all stages.");
  static final Key<List<SystemStream>> STAGE_INPUTS =
      required(
          "stages.<stage>.inputs",
          SYSTEM_STREAMS,
          List.of(),
          "The streams that the stage reads, as `task.inputs`. No two stages read the same one.");
  static final Key<List<String>> STAGE_STORES =
      optional(
          "stages.<stage>.stores",
          NAMES,
          "none; of a job's only stage, all",
          "The stores that the stage's tasks have. Each store is of one stage; those that are"
              + " broadcast are of all.");
  static final Key<Integer> STAGE_TASKS =
      optional(
          "stages.<stage>.tasks",
          wholeNumber(1),
          "as many as its inputs have partitions",
          "How many tasks the stage has: a divisor or a multiple of its inputs' partitions. Another number"
              + " than before takes a start from a checkpoint or savepoint.");

  static final Key<Integer> TASK_COUNT =
      optional(
          "task.count",
          wholeNumber(1),
          "as many as the inputs have partitions",
          "Without `job.stages`, how many tasks there are, as `stages.<stage>.tasks`.");

  static final Key<String> TASK_CLASS =
      optional(
          "task.class",
          CLASS,
          "required by `tidemark run`, without `job.stages`",
          "The task: a `StreamTask` or `AsyncStreamTask` with a public constructor without"
              + " arguments.");
  static final Key<List<SystemStream>> TASK_INPUTS =
      requiredUnless(
          "task.inputs",
          SYSTEM_STREAMS,
          List.of(),
          "required without `job.stages`",
          "The streams to read, such as `kafka.orders,kafka.refunds`. All must have equally many"
              + " partitions.");
  static final Key<Guarantee> TASK_GUARANTEE =
      withDefault(
          "task.guarantee",
          oneOf(Guarantee.class),
          "exactly-once",
          "`exactly-once`: outputs, state and positions commit in one transaction. `at-least-once`:"
              + " a crash may repeat outputs.");
  static final Key<Long> TASK_COMMIT_MS =
      withDefault(
          "task.commit.ms",
          milliseconds(1),
          "100",
          "The longest time from commit to commit while records come; what comes after half of it without anything is committed at once.");
  static final Key<Long> TASK_COMMIT_MAX_BYTES =
      withDefault(
          "task.commit.max.bytes",
          bytes(1024),
          "16 MiB",
          "So many uncommitted bytes of a worker bring its commit forward.");
  static final Key<Long> TASK_WINDOW_MS =
      withDefault(
          "task.window.ms",
          millisecondsOrNever(),
          "-1",
          "The time from one call of a `WindowableTask`'s `window` to the next; -1: never.");
  static final Key<Integer> TASK_MAX_CONCURRENCY =
      withDefault(
          "task.max.concurrency",
          wholeNumber(1),
          "1",
          "How many messages an `AsyncStreamTask` may have in work at a time.");
  static final Key<Long> TASK_CALLBACK_TIMEOUT_MS =
      withDefault(
          "task.callback.timeout.ms",
          millisecondsOrNever(),
          "60000",
          "How long an `AsyncStreamTask` may take for one message before the task fails; -1: for"
              + " ever.");
  static final Key<Long> TASK_SHUTDOWN_MS =
      withDefault(
          "task.shutdown.ms",
          milliseconds(0),
          "30000",
          "How long a container may take to finish and commit when it is told to stop.");

  static final Key<Integer> CONTAINER_WORKERS =
      optional(
          "container.workers",
          wholeNumber(1),
          "the number of processors",
          "The threads of a container that run tasks.");
  static final Key<Long> CONTAINER_STATE_MEMORY_BYTES =
      optional(
          "container.state.memory.bytes",
          bytes(8 << 20),
          "a quarter of the machine's memory, at most `1 GiB`",
          "The memory that the stores of a container may use: half of it, but at most a third of the"
              + " Java heap, for entries kept as objects; the rest for the engines, outside of the"
              + " heap.");
  static final Key<Integer> CONTAINER_RESTART_MAX =
      withDefault(
          "container.restart.max",
          wholeNumber(0),
          "10",
          "How often a container that died is restarted within the window, before the job fails.");
  static final Key<Long> CONTAINER_RESTART_WINDOW_MS =
      withDefault(
          "container.restart.window.ms",
          milliseconds(1),
          "300000",
          "The window for counting them.");
  static final Key<Long> CONTAINER_RESTART_BACKOFF_MS =
      withDefault(
          "container.restart.backoff.ms",
          milliseconds(0),
          "200",
          "The pause before the first restart; doubled for each further one in the window.");
  static final Key<Long> CONTAINER_RESTART_BACKOFF_MAX_MS =
      withDefault(
          "container.restart.backoff.max.ms", milliseconds(0), "60000", "The longest pause.");

  static final Key<Optional<InetSocketAddress>> CONTAINER_RPC_ADDRESS =
      withDefault(
          "container.rpc.address",
          ADDRESS,
          "127.0.0.1:0",
          "Where a container answers other processes, such as `tidemark state get`; port 0: any that"
              + " is free; `off`: nowhere.");
  static final Key<Path> CONTAINER_RPC_TLS_CERTIFICATE =
      optional(
          "container.rpc.tls.certificate",
          FILE,
          "no TLS",
          "The file of the containers' certificate and those that vouch for it, as PEM.");
  static final Key<Path> CONTAINER_RPC_TLS_KEY =
      optional(
          "container.rpc.tls.key",
          FILE,
          "no TLS",
          "The file of its private key, as PEM (PKCS #8).");
  static final Key<Path> CONTAINER_RPC_TLS_CA =
      optional(
          "container.rpc.tls.ca",
          FILE,
          "anybody may call who has the token",
          "The file of the certificates that vouch for callers; callers without one are refused.");
  static final Key<Boolean> CONTAINER_RPC_INSECURE =
      withDefault(
          "container.rpc.insecure",
          TRUE_OR_FALSE,
          "false",
          "Whether other machines may call without TLS, so that token and state can be read on the"
              + " way.");

  static final Key<String> SYSTEM_FACTORY =
      required(
          "systems.<system>.factory",
          NAME_OR_CLASS,
          "memory",
          "What kind of system it is: `kafka`, `memory`, or the class of a `SystemFactory`.");
  static final Key<String> SYSTEM_KEY_SERDE =
      withDefault(
          "systems.<system>.key.serde",
          SERDE,
          "bytes",
          "The serde of keys in streams that name none.");
  static final Key<String> SYSTEM_MSG_SERDE =
      withDefault(
          "systems.<system>.msg.serde",
          SERDE,
          "bytes",
          "The serde of messages in streams that name none.");
  static final Key<String> SYSTEM_REST =
      optional(
          "systems.<system>.**",
          TEXT,
          "the system's own",
          "Settings of the system. Kafka: `bootstrap.servers`; any setting of its clients under"
              + " `consumer.`, `producer.` and `admin.`.");

  static final Key<String> STREAM_SYSTEM =
      optional(
          "streams.<stream>.system",
          NAME,
          "the system that `task.inputs` or a stage's inputs name it with, or the only system there is",
          "The stream's system.");
  static final Key<String> STREAM_PHYSICAL_NAME =
      optional(
          "streams.<stream>.physical.name",
          TEXT,
          "`<stream>`",
          "The stream's name in its system, such as the Kafka topic.");
  static final Key<String> STREAM_KEY_SERDE =
      optional(
          "streams.<stream>.key.serde",
          SERDE,
          "`systems.<system>.key.serde`",
          "The serde of keys.");
  static final Key<String> STREAM_MSG_SERDE =
      optional(
          "streams.<stream>.msg.serde",
          SERDE,
          "`systems.<system>.msg.serde`",
          "The serde of messages.");
  static final Key<OffsetDefault> STREAM_OFFSET_DEFAULT =
      withDefault(
          "streams.<stream>.offset.default",
          oneOf(OffsetDefault.class),
          "oldest",
          "Where reading begins without a committed position.");
  static final Key<ErrorPolicy> STREAM_ON_ERROR =
      withDefault(
          "streams.<stream>.on.error",
          oneOf(ErrorPolicy.class),
          "fail",
          "What becomes of an input record that cannot be deserialized or processed: the task fails,"
              + " the record is skipped and counted, or it goes to the dead-letter stream.");
  static final Key<SystemStream> STREAM_DEAD_LETTER =
      optional(
          "streams.<stream>.dead.letter",
          SYSTEM_STREAM,
          "`<stream>-rejected` in the same system",
          "The dead-letter stream, for `on.error=dead-letter`.");
  static final Key<Integer> STREAM_PARTITIONS =
      optional(
          "streams.<stream>.partitions",
          wholeNumber(1),
          "as many as the first stage's inputs have; of an intermediate stream, as the first input"
              + " from outside has",
          "How many partitions an output is created with, if it does not exist.");
  static final Key<Boolean> STREAM_INTERMEDIATE =
      withDefault(
          "streams.<stream>.intermediate",
          TRUE_OR_FALSE,
          "false",
          "Whether the stream joins stages: the job writes it and reads it. It is created before tasks"
              + " start, and without limits of retention.");
  static final Key<String> STREAM_PROPERTIES =
      optional(
          "streams.<stream>.properties.**",
          TEXT,
          "the system's own",
          "Settings of the system for creating it, such as `retention.ms`.");

  static final Key<String> STORE_FACTORY =
      withDefault(
          "stores.<store>.factory",
          NAME_OR_CLASS,
          "rocksdb",
          "The engine: `rocksdb`, `memory`, or the class of an `EngineFactory`.");
  static final Key<String> STORE_KEY_SERDE =
      required("stores.<store>.key.serde", SERDE, "bytes", "The serde of keys.");
  static final Key<String> STORE_MSG_SERDE =
      required("stores.<store>.msg.serde", SERDE, "bytes", "The serde of values.");
  static final Key<StoreScope> STORE_SCOPE =
      withDefault(
          "stores.<store>.scope",
          oneOf(StoreScope.class),
          "partition",
          "`partition`: entries follow their keys when tasks are split. `task`: the store is one"
              + " whole, for scans over all of it.");
  static final Key<String> STORE_PARTITIONING_KEY =
      optional(
          "stores.<store>.partitioning.key",
          CLASS,
          "the key itself",
          "The class of a `PartitioningKey`: which part of the store's key its input is partitioned by."
              + " Of tuples, `io.tidemark.api.FirstOfTuple` is the first part.");
  static final Key<StoreCache> STORE_CACHE =
      withDefault(
          "stores.<store>.cache",
          oneOf(StoreCache.class),
          "objects",
          "In which form entries are kept in memory: `objects`, fastest; `bytes`, as serialized, which"
              + " takes less memory and gives a new object with each read; `off`.");
  static final Key<Long> STORE_TTL_MS =
      withDefault(
          "stores.<store>.ttl.ms",
          milliseconds(0),
          "0",
          "How long an entry lives after its last write; 0: for ever. A task may give single entries"
              + " another time.");
  static final Key<Long> STORE_MAX_VALUE_BYTES =
      withDefault(
          "stores.<store>.max.value.bytes",
          bytes(1),
          "64 MiB",
          "How large a value may be when serialized, at most `1 GiB`. A larger one is refused.");
  static final Key<List<String>> STORE_MIGRATIONS =
      optional(
          "stores.<store>.migrations",
          CLASSES,
          "none",
          "The classes of `ValueMigration`s, which turn values of former schemas into those of"
              + " `msg.serde`: the oldest first, each one's results being what the next one takes.");
  static final Key<StoreMigrate> STORE_MIGRATE =
      withDefault(
          "stores.<store>.migrate",
          oneOf(StoreMigrate.class),
          "lazy",
          "`lazy`: values of former schemas are migrated as they are read, and the rest in the"
              + " background. `eager`: all of them before the first record.");
  static final Key<SystemStream> STORE_SOURCE =
      optional(
          "stores.<store>.source",
          SYSTEM_STREAM,
          "none; tasks write the store",
          "The stream that feeds the store, such as `kafka.products`, named as in `task.inputs`. Tasks"
              + " can only read such a store.");
  static final Key<StoreSource.Mode> STORE_SOURCE_MODE =
      withDefault(
          "stores.<store>.source.mode",
          oneOf(StoreSource.Mode.class),
          "partition",
          "`partition`: each task has what its own partition of the source holds. `broadcast`: every"
              + " task has all of it.");
  static final Key<Long> STORE_SOURCE_WAIT_MS =
      withDefault(
          "stores.<store>.source.wait.ms",
          milliseconds(0),
          "600000",
          "How long tasks wait at the start until the store has all that the source holds then.");
  static final Key<StoreSource.OnTimeout> STORE_SOURCE_ON_TIMEOUT =
      withDefault(
          "stores.<store>.source.on.timeout",
          oneOf(StoreSource.OnTimeout.class),
          "fail",
          "What happens when that takes longer: the container fails, or tasks begin with what is"
              + " there.");
  static final Key<String> STORE_ROCKSDB =
      optional(
          "stores.<store>.rocksdb.**", TEXT, "the engine's own", "Settings of the RocksDB engine.");
  static final Key<String> STORE_PROPERTIES =
      optional(
          "stores.<store>.properties.**",
          TEXT,
          "the engine's own",
          "Settings of an engine of your own.");

  static final Key<String> SERDE_CLASS =
      required(
          "serializers.registry.<serde>.class",
          NAME_OR_CLASS,
          "bytes",
          "What the name `<serde>` stands for: another serde's name, such as `json`, or the class of"
              + " a `Serde` or `SerdeFactory`.");
  static final Key<String> SERDE_REST =
      optional(
          "serializers.registry.<serde>.**",
          TEXT,
          "the serde's own",
          "Settings of the serde, such as `type`, the class that messages have; see serdes.md.");

  static final Key<String> OWN =
      optional("app.**", TEXT, "", "Your own keys, for tasks to read from the context's `Config`.");

  static final List<Key<?>> ALL =
      List.of(
          JOB_NAME,
          JOB_ID,
          CONTAINER_COUNT,
          STATE_DIRECTORY,
          JOURNAL_SYSTEM,
          COORDINATOR_ADDRESS,
          COORDINATOR_TLS_CERTIFICATE,
          COORDINATOR_TLS_KEY,
          COORDINATOR_TLS_CA,
          COORDINATOR_INSECURE,
          COORDINATOR_TOKEN_FILE,
          COORDINATOR_HEARTBEAT_MS,
          COORDINATOR_LEASE_MS,
          METADATA_STORE,
          METADATA_FILE_PATH,
          JOB_STAGES,
          STAGE_CLASS,
          STAGE_INPUTS,
          STAGE_STORES,
          STAGE_TASKS,
          TASK_COUNT,
          TASK_CLASS,
          TASK_INPUTS,
          TASK_GUARANTEE,
          TASK_COMMIT_MS,
          TASK_COMMIT_MAX_BYTES,
          TASK_WINDOW_MS,
          TASK_MAX_CONCURRENCY,
          TASK_CALLBACK_TIMEOUT_MS,
          TASK_SHUTDOWN_MS,
          CheckpointKeys.INTERVAL_MS,
          CheckpointKeys.BYTES,
          CheckpointKeys.RECORDS,
          CheckpointKeys.RECOVERY_TARGET_MS,
          CheckpointKeys.MIN_PAUSE_MS,
          CheckpointKeys.TIMEOUT_MS,
          CheckpointKeys.TOLERATED_FAILURES,
          CheckpointKeys.RETAIN,
          CheckpointKeys.ON_SHUTDOWN,
          CheckpointKeys.GRACE_MS,
          CheckpointKeys.UPLOAD_THREADS,
          CheckpointKeys.UPLOAD_BYTES_PER_SECOND,
          CheckpointKeys.VERIFICATION_FAILURE,
          CheckpointKeys.DIGEST,
          CheckpointKeys.STORE_FACTORY,
          CheckpointKeys.STORE_REST,
          CheckpointKeys.ENCRYPTION,
          CONTAINER_WORKERS,
          CONTAINER_STATE_MEMORY_BYTES,
          CONTAINER_RESTART_MAX,
          CONTAINER_RESTART_WINDOW_MS,
          CONTAINER_RESTART_BACKOFF_MS,
          CONTAINER_RESTART_BACKOFF_MAX_MS,
          CONTAINER_RPC_ADDRESS,
          CONTAINER_RPC_TLS_CERTIFICATE,
          CONTAINER_RPC_TLS_KEY,
          CONTAINER_RPC_TLS_CA,
          CONTAINER_RPC_INSECURE,
          SYSTEM_FACTORY,
          SYSTEM_KEY_SERDE,
          SYSTEM_MSG_SERDE,
          SYSTEM_REST,
          STREAM_SYSTEM,
          STREAM_PHYSICAL_NAME,
          STREAM_KEY_SERDE,
          STREAM_MSG_SERDE,
          STREAM_OFFSET_DEFAULT,
          STREAM_ON_ERROR,
          STREAM_DEAD_LETTER,
          STREAM_PARTITIONS,
          STREAM_INTERMEDIATE,
          STREAM_PROPERTIES,
          STORE_FACTORY,
          STORE_KEY_SERDE,
          STORE_MSG_SERDE,
          STORE_SCOPE,
          STORE_PARTITIONING_KEY,
          STORE_CACHE,
          STORE_TTL_MS,
          STORE_MAX_VALUE_BYTES,
          STORE_MIGRATIONS,
          STORE_MIGRATE,
          STORE_SOURCE,
          STORE_SOURCE_MODE,
          STORE_SOURCE_WAIT_MS,
          STORE_SOURCE_ON_TIMEOUT,
          STORE_ROCKSDB,
          STORE_PROPERTIES,
          SERDE_CLASS,
          SERDE_REST,
          OWN);

  private Keys() {}
}
