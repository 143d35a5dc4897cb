package io.tidemark.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import io.tidemark.api.SystemStream;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class JobSettingsTest {
  private static final RpcSettings RPC =
      new RpcSettings(InetSocketAddress.createUnresolved("127.0.0.1", 0), null, false);

  private static final Machine MACHINE = new Machine(3, 2L << 30, Path.of("/home/ada/data"));

  private static final Map<String, String> SMALLEST =
      Map.of(
          "job.name", "traffic",
          "task.inputs", "kafka.access-log",
          "systems.kafka.factory", "kafka");

  @Test
  void the_smallest_configuration_gets_the_documented_defaults() {
    JobSettings job = parse();

    assertThat(job.job()).isEqualTo("traffic-1");
    assertThat(job.stateDirectory()).isEqualTo(Path.of("/home/ada/data/tidemark"));
    assertThat(job.journalSystem()).isEqualTo("kafka");
    assertThat(job.task()).isEqualTo(new TaskSettings(true, 100, 16 << 20, -1, 1, 60_000, 30_000));
    assertThat(job.container())
        .isEqualTo(
            new ContainerSettings(
                1, 3, 512 << 20, new RestartSettings(10, 300_000, 200, 60_000), RPC));
    assertThat(job.stores()).isEmpty();
    assertThat(job.stages())
        .containsExactly(
            new StageDefinition(
                "main",
                "task.",
                null,
                List.of(new SystemStream("kafka", "access-log")),
                Set.of(),
                null));
    assertThat(job.streams())
        .containsExactly(
            Map.entry(
                "access-log",
                new StreamDefinition(
                    "access-log",
                    new SystemStream("kafka", "access-log"),
                    "bytes",
                    "bytes",
                    OffsetDefault.OLDEST,
                    ErrorPolicy.FAIL,
                    null,
                    null,
                    Map.of(),
                    false)));
  }

  @Test
  void every_setting_of_task_and_container_is_read() {
    JobSettings job =
        parse(
            "job.id", "7",
            "job.container.count", "2",
            "job.state.dir", "/var/lib/state",
            "task.class", "com.acme.Visits",
            "task.guarantee", "at-least-once",
            "task.commit.ms", "50",
            "task.commit.max.bytes", "1 MiB",
            "task.window.ms", "1000",
            "task.max.concurrency", "8",
            "task.callback.timeout.ms", "-1",
            "task.shutdown.ms", "0",
            "container.workers", "5",
            "container.state.memory.bytes", "1 GiB",
            "container.restart.max", "0",
            "container.restart.window.ms", "1",
            "container.restart.backoff.ms", "2",
            "container.restart.backoff.max.ms", "3");

    assertThat(job.job()).isEqualTo("traffic-7");
    assertThat(job.stateDirectory()).isEqualTo(Path.of("/var/lib/state"));
    assertThat(job.task()).isEqualTo(new TaskSettings(false, 50, 1 << 20, 1000, 8, -1, 0));
    assertThat(job.stages().get(0).taskClass()).isEqualTo("com.acme.Visits");
    assertThat(job.container())
        .isEqualTo(new ContainerSettings(2, 5, 1 << 30, new RestartSettings(0, 1, 2, 3), RPC));
  }

  @Test
  void when_checkpoints_are_taken_has_documented_defaults() {
    assertThat(parse().checkpoint())
        .isEqualTo(
            new CheckpointSettings(
                60_000,
                -1,
                -1,
                -1,
                1000,
                600_000,
                3,
                3,
                false,
                3_600_000,
                2,
                -1,
                CheckpointSettings.OnVerificationFailure.FAIL,
                true,
                "filesystem",
                Map.of(),
                Map.of()));
  }

  @Test
  void every_setting_of_checkpoints_is_read() {
    CheckpointSettings settings =
        parse(
                "task.checkpoint.interval.ms", "5000",
                "task.checkpoint.bytes", "1 GiB",
                "task.checkpoint.records", "1000",
                "task.checkpoint.recovery.target.ms", "30000",
                "task.checkpoint.min.pause.ms", "4999",
                "task.checkpoint.timeout.ms", "1",
                "task.checkpoint.tolerated.failures", "0",
                "task.checkpoint.retain", "1",
                "task.checkpoint.on.shutdown", "true",
                "task.checkpoint.grace.ms", "0",
                "task.checkpoint.upload.threads", "8",
                "task.checkpoint.upload.bytes.per.second", "64 MiB",
                "task.checkpoint.verification.failure", "previous",
                "task.checkpoint.digest", "false",
                "task.checkpoint.store.factory", "s3",
                "task.checkpoint.store.s3.bucket", "b",
                "task.checkpoint.store.filesystem.path", "/p",
                "task.checkpoint.encryption.key.id", "k")
            .checkpoint();

    assertThat(settings)
        .isEqualTo(
            new CheckpointSettings(
                5000,
                1 << 30,
                1000,
                30_000,
                4999,
                1,
                0,
                1,
                true,
                0,
                8,
                64 << 20,
                CheckpointSettings.OnVerificationFailure.PREVIOUS,
                false,
                "s3",
                Map.of("s3.bucket", "b", "filesystem.path", "/p"),
                Map.of("key.id", "k")));
    assertThat(settings.storeProperties("s3")).containsExactly(Map.entry("bucket", "b"));
  }

  @Test
  void settings_of_checkpoints_that_make_no_sense_are_refused() {
    assertThat(parse("task.checkpoint.interval.ms", "500").checkpoint().minPauseMs())
        .isEqualTo(250);
    assertThat(parse("task.checkpoint.interval.ms", "-1").checkpoint().minPauseMs())
        .isEqualTo(1000);
    assertThatThrownBy(
            () ->
                parse(
                    "task.checkpoint.interval.ms", "5000",
                    "task.checkpoint.min.pause.ms", "5000"))
        .hasMessageContaining("must be less than task.checkpoint.interval.ms, which is 5000");
    assertThatThrownBy(() -> parse("task.checkpoint.retain", "0"))
        .hasMessageContaining("must be at least 1");
    assertThatThrownBy(() -> parse("task.checkpoint.bytes", "0"))
        .hasMessageContaining("must be at least 1, or -1");
    assertThatThrownBy(() -> parse("task.checkpoint.records", "-2"))
        .hasMessageContaining("must be at least -1");
    assertThatThrownBy(() -> parse("task.checkpoint.verification.failure", "ignore"))
        .hasMessageContaining("is not one of fail, previous");
    assertThatThrownBy(() -> parse("task.checkpoint.retian", "2"))
        .hasMessageContaining("task.checkpoint.retain");
  }

  @Test
  void where_containers_answer_is_read() {
    assertThat(
            parse(
                    "container.rpc.address", "[::1]:7400",
                    "container.rpc.insecure", "true",
                    "container.rpc.tls.certificate", "c.pem",
                    "container.rpc.tls.key", "k.pem",
                    "container.rpc.tls.ca", "ca.pem")
                .container()
                .rpc())
        .isEqualTo(
            new RpcSettings(
                InetSocketAddress.createUnresolved("::1", 7400),
                new RpcSettings.Tls(Path.of("c.pem"), Path.of("k.pem"), Path.of("ca.pem")),
                true));
    assertThat(parse("container.rpc.address", "off").container().rpc().address()).isNull();
    assertThat(parse("container.rpc.address", "").container().rpc().address()).isNull();
    assertThatThrownBy(() -> parse("container.rpc.address", "7400"))
        .hasMessageContaining("must be a host, a colon and a port");
    assertThatThrownBy(() -> parse("container.rpc.address", "host:70000"))
        .hasMessageContaining("must be at most 65535");
    assertThatThrownBy(() -> parse("container.rpc.address", "::1:7400"))
        .hasMessageContaining("must have its IPv6 address in brackets");
    assertThatThrownBy(() -> parse("container.rpc.tls.certificate", "c.pem"))
        .hasMessageContaining("container.rpc.tls.key: is missing");
    assertThatThrownBy(() -> parse("container.rpc.tls.key", "k.pem"))
        .hasMessageContaining("container.rpc.tls.certificate: is missing");
    assertThatThrownBy(() -> parse("container.rpc.tls.ca", "ca.pem"))
        .hasMessageContaining("container.rpc.tls.ca: is of no use without");
    assertThatThrownBy(() -> parse("container.rpc.insecure", "yes"))
        .hasMessageContaining("is neither true nor false");
  }

  @Test
  void a_store_is_read_with_the_settings_of_its_engine() {
    JobSettings job =
        parse(
            "stores.visitors.key.serde", "string",
            "stores.visitors.msg.serde", "long",
            "stores.visitors.scope", "task",
            "stores.visitors.partitioning.key", "com.acme.Host",
            "stores.visitors.cache", "bytes",
            "stores.visitors.migrations", "com.acme.First, com.acme.Second",
            "stores.visitors.migrate", "eager",
            "stores.visitors.rocksdb.block.size", "4096");

    StoreDefinition store = job.stores().get("visitors");
    assertThat(store.factory()).isEqualTo("rocksdb");
    assertThat(store.keySerde()).isEqualTo("string");
    assertThat(store.msgSerde()).isEqualTo("long");
    assertThat(store.scope()).isEqualTo(StoreScope.TASK);
    assertThat(store.partitioningKey()).isEqualTo("com.acme.Host");
    assertThat(store.cache()).isEqualTo(StoreCache.BYTES);
    assertThat(store.migrations()).containsExactly("com.acme.First", "com.acme.Second");
    assertThat(store.migrate()).isEqualTo(StoreMigrate.EAGER);
    assertThat(store.ttlMs()).isZero();
    assertThat(store.maxValueBytes()).isEqualTo(64 << 20);
    assertThat(store.properties()).containsEntry("rocksdb.block.size", "4096");
  }

  @Test
  void a_system_keeps_what_is_its_own_and_gives_its_serdes_to_its_streams() {
    JobSettings job =
        parse(
            "systems.kafka.bootstrap.servers", "localhost:9092",
            "systems.kafka.consumer.max.poll.records", "100",
            "systems.kafka.key.serde", "string",
            "streams.access-log.msg.serde", "long");

    assertThat(job.systems().get("kafka").properties())
        .containsEntry("bootstrap.servers", "localhost:9092")
        .containsEntry("consumer.max.poll.records", "100");
    StreamDefinition input = job.stream(new SystemStream("kafka", "access-log"));
    assertThat(input.keySerde()).isEqualTo("string");
    assertThat(input.msgSerde()).isEqualTo("long");
    StreamDefinition unconfigured = job.stream(new SystemStream("kafka", "visits"));
    assertThat(unconfigured.keySerde()).isEqualTo("string");
    assertThat(unconfigured.msgSerde()).isEqualTo("bytes");
  }

  @Test
  void a_stream_is_found_by_its_id_and_by_its_physical_name_which_may_have_dots() {
    JobSettings job =
        parse(
            "task.inputs", "kafka.access-log,kafka.acme.clicks",
            "streams.access-log.physical.name", "prod.access.v2",
            "streams.acme.clicks.offset.default", "upcoming",
            "streams.visits.partitions", "4",
            "streams.visits.properties.retention.ms", "1000");

    assertThat(job.inputs())
        .containsExactly(
            new SystemStream("kafka", "prod.access.v2"), new SystemStream("kafka", "acme.clicks"));
    assertThat(job.stream(new SystemStream("kafka", "access-log")))
        .isSameAs(job.stream(new SystemStream("kafka", "prod.access.v2")));
    assertThat(job.streams().get("acme.clicks").offsetDefault()).isEqualTo(OffsetDefault.UPCOMING);
    assertThat(job.streams().get("visits").partitions()).isEqualTo(4);
    assertThat(job.streams().get("visits").properties())
        .containsExactly(Map.entry("retention.ms", "1000"));
  }

  @Test
  void rejected_records_go_beside_their_stream_unless_another_is_named() {
    assertThat(rejectsOf(parse("streams.access-log.on.error", "dead-letter")))
        .isEqualTo(new SystemStream("kafka", "access-log-rejected"));
    assertThat(
            rejectsOf(
                parse(
                    "streams.access-log.on.error", "dead-letter",
                    "streams.access-log.dead.letter", "kafka.rejects",
                    "streams.rejects.physical.name", "acme.rejects")))
        .isEqualTo(new SystemStream("kafka", "acme.rejects"));
    assertThat(rejectsOf(parse("streams.access-log.on.error", "skip"))).isNull();
  }

  private static SystemStream rejectsOf(JobSettings job) {
    return job.streams().get("access-log").deadLetter();
  }

  @Test
  void everything_that_is_wrong_is_said_at_once() {
    assertThat(
            problems(
                Config.of(
                    Map.of(
                        "task.inputs", "kafka",
                        "task.commit.ms", "soon",
                        "task.window.ms", "0",
                        "task.commit.max.bytes", "16 MB",
                        "container.workers", "0",
                        "task.guarantee", "exactly_once",
                        "stores.visitors.key.serde", "sting"))))
        .isEqualTo(
            """
            TM-1002: the configuration has 9 problems:
              container.workers=0: must be at least 1
              job.name: is missing; The job's name. With `job.id` it tells jobs apart forever.
              stores.visitors.key.serde=sting: nothing has this name; did you mean string? (There are bytes, double, integer, long, ordered-double, ordered-integer, ordered-long, string, tuple, uuid and the full names of classes on the classpath.)
              stores.visitors.msg.serde: is missing; The serde of values.
              task.commit.max.bytes=16 MB: is not a number of bytes, such as 67108864, 65536 KiB, 64 MiB or 1 GiB
              task.commit.ms=soon: is not a number of milliseconds
              task.guarantee=exactly_once: is not one of exactly-once, at-least-once; did you mean exactly-once?
              task.inputs=kafka: must be the name of a system, a dot, and the name of a stream, such as kafka.orders
              task.window.ms=0: must be at least 1, or -1 for never
            All keys are described in docs/configuration.md and by: tidemark config""");
  }

  @Test
  void an_unknown_key_is_answered_with_the_nearest_known_one() {
    assertUnknown("task.comit.ms", "did you mean task.commit.ms?");
    assertUnknown("stores.visitors.key.sede", "did you mean stores.visitors.key.serde?");
    assertUnknown("stroes.visitors.scope", "did you mean stores.visitors.scope?");
    assertUnknown("streams.a.b.ofset.default", "did you mean streams.a.b.offset.default?");
    assertUnknown(
        "streams.visits.propertes.retention.ms",
        "did you mean streams.visits.properties.retention.ms?");
    assertUnknown("serializers.registery.x.type", "did you mean serializers.registry.x.type?");
    assertUnknown("visits.limit", "a key of your own starts with app.");
  }

  private static void assertUnknown(String key, String answer) {
    assertThat(problems(config(key, "1"))).contains(key + ": there is no such key; " + answer);
  }

  @Test
  void keys_of_ones_own_are_left_alone() {
    parse("app.limit", "5", "app.deeply.nested.key", "");
  }

  @Test
  void a_mistyped_key_that_its_system_would_take_is_found_by_what_is_missing() {
    Map<String, String> entries = new TreeMap<>(SMALLEST);
    entries.remove("systems.kafka.factory");
    entries.put("systems.kafka.factry", "kafka");

    assertThat(problems(Config.of(entries)))
        .contains("systems.kafka.factory: is missing (is systems.kafka.factry meant as it?)");
  }

  @Test
  void a_stream_of_an_undefined_system_is_refused() {
    assertThat(problems(config("task.inputs", "kafak.access-log")))
        .contains(
            "task.inputs: kafak.access-log: the system kafak is not defined; set"
                + " systems.kafak.factory; did you mean kafka?");
    assertThat(problems(config("streams.visits.system", "files")))
        .contains("streams.visits.system: the system files is not defined");
    assertThat(problems(config("job.journal.system", "files")))
        .contains("job.journal.system: the system files is not defined");
    assertThat(
            problems(
                config(
                    "streams.access-log.on.error", "dead-letter",
                    "streams.access-log.dead.letter", "files.rejects")))
        .contains("streams.access-log.dead.letter: files.rejects: the system files is not defined");
  }

  @Test
  void a_stream_whose_system_cannot_be_told_is_refused() {
    assertThat(
            problems(config("systems.other.factory", "memory", "streams.visits.partitions", "1")))
        .contains("streams.visits.system: is missing");
  }

  @Test
  void contradictions_between_streams_are_refused() {
    assertThat(problems(config("streams.access-log.system", "other")))
        .contains("streams.access-log.system: is other, but task.inputs says kafka.access-log");
    assertThat(problems(config("streams.visits.physical.name", "access-log")))
        .contains("streams.visits.physical.name: is access-log as for access-log");
    assertThat(
            problems(
                config(
                    "systems.other.factory", "memory",
                    "task.inputs", "kafka.orders,other.orders")))
        .contains("task.inputs: orders is named with the systems kafka and other");
  }

  @Test
  void dead_letters_that_would_come_back_or_never_be_sent_are_refused() {
    assertThat(
            problems(
                config(
                    "streams.access-log.on.error", "dead-letter",
                    "streams.access-log.dead.letter", "kafka.access-log")))
        .contains("kafka.access-log is an input of the job");
    assertThat(problems(config("streams.access-log.dead.letter", "kafka.rejects")))
        .contains("streams.access-log.on.error is not dead-letter");
  }

  @Test
  void a_job_run_by_command_must_name_its_task() {
    assertThatThrownBy(() -> JobSettings.parseWithTaskClass(config()))
        .hasMessageContaining("task.class: is missing");
    assertThat(
            JobSettings.parseWithTaskClass(config("task.class", "com.acme.A"))
                .stages()
                .get(0)
                .taskClass())
        .isEqualTo("com.acme.A");
  }

  @Test
  void a_stream_of_no_system_cannot_be_asked_for() {
    assertThatThrownBy(() -> parse().stream(new SystemStream("kafak", "visits")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("did you mean kafka?");
  }

  @Test
  void the_default_for_state_memory_is_capped() {
    Machine large = new Machine(64, 1L << 40, Path.of("/data"));
    assertThat(JobSettings.parse(config(), large).container().stateMemoryBytes())
        .isEqualTo(1L << 30);
  }

  @Test
  void a_system_does_not_print_its_secrets() {
    assertThat(parse("systems.kafka.producer.sasl.jaas.config", "hunter2").toString())
        .doesNotContain("hunter2");
  }

  private static JobSettings parse(String... keysAndValues) {
    return JobSettings.parse(config(keysAndValues), MACHINE);
  }

  private static Config config(String... keysAndValues) {
    Map<String, String> entries = new TreeMap<>(SMALLEST);
    for (int i = 0; i < keysAndValues.length; i += 2) {
      entries.put(keysAndValues[i], keysAndValues[i + 1]);
    }
    return Config.of(entries);
  }

  private static String problems(Config config) {
    ConfigException thrown =
        catchThrowableOfType(ConfigException.class, () -> JobSettings.parse(config, MACHINE));
    assertThat(thrown.code()).isEqualTo("TM-1002");
    return thrown.getMessage();
  }
}
