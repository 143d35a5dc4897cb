package io.tidemark.testing;

import io.tidemark.api.Config;
import io.tidemark.api.Header;
import io.tidemark.api.Partition;
import io.tidemark.api.ReadOnlyKeyValueStore;
import io.tidemark.api.Serde;
import io.tidemark.api.SystemStream;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.config.JobSettings;
import io.tidemark.config.Serdes;
import io.tidemark.config.StoreDefinition;
import io.tidemark.config.StoreSource;
import io.tidemark.config.StreamDefinition;
import io.tidemark.container.SteppedJob;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.system.MemoryRecord;
import io.tidemark.system.MemorySystem;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.StreamSystem;
import io.tidemark.system.SystemProducer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Runs a job inside a unit test: on streams in memory, with the stores that its configuration
 * names, in the thread of the test, step by step, and under a clock that only the test moves.
 *
 * <pre>{@code
 * try (TaskTester tester = TaskTester.of(config, MyTask::new)) {
 *   tester.send("orders", "alice", 12L);
 *   tester.kill();                       // forgets all that was not committed
 *   tester.process();
 *   tester.commit();
 *   assertThat(tester.output("totals")).containsExactly(Sent.of("alice", 12L));
 * }
 * }</pre>
 *
 * <p>Every system of the configuration is replaced by one in memory; inputs have one partition
 * unless {@link Builder#partitions} says more. Local state is in a temporary directory, whatever
 * {@code job.state.dir} says. Confined to one thread.
 */
public final class TaskTester implements AutoCloseable {
  private final Config config;
  private final JobSettings settings;
  private final Serdes serdes;
  private final Map<String, Supplier<?>> code;
  private final Map<String, MemorySystem> systems = new HashMap<>();
  private final Map<SystemStreamPartition, Integer> read = new HashMap<>();
  private final Path ownDirectory = temporaryDirectory();
  private long nowMs;
  private long checkpoint;
  private @Nullable SteppedJob job;

  private TaskTester(Builder builder) {
    config = builder.config.with(Map.of("job.state.dir", ownDirectory.toString()));
    settings = JobSettings.parse(config);
    serdes = new Serdes(config);
    code = builder.code(settings);
    nowMs = builder.start.toEpochMilli();
    settings
        .systems()
        .keySet()
        .forEach(
            name -> systems.put(name, new MemorySystem(name, () -> Instant.ofEpochMilli(nowMs))));
    for (SystemStream input : read()) {
      if (settings.stream(input).intermediate()) {
        continue; // the job creates it
      }
      system(input).admin().create(new StreamSpec(input.getStream(), builder.partitions, Map.of()));
    }
  }

  /** A tester of a job with one partition per input, at the beginning of 2020. */
  public static TaskTester of(Config config, Supplier<?> task) {
    return new Builder(config, task).build();
  }

  /** How a tester is made. */
  public static final class Builder {
    private final Config config;
    private final @Nullable Supplier<?> code;
    private final Map<String, Supplier<?>> codeOfStages = new HashMap<>();
    private int partitions = 1;
    private Instant start = Instant.parse("2020-01-01T00:00:00Z");

    /**
     * @param config the job's configuration; {@code task.class} is not needed
     * @param task makes the task: once for each partition, and again after each {@link
     *     TaskTester#kill}
     */
    public Builder(Config config, Supplier<?> task) {
      this.config = config;
      this.code = task;
    }

    /**
     * For a job of several stages.
     *
     * @param config the job's configuration; classes of stages are not needed
     */
    public Builder(Config config) {
      this.config = config;
      this.code = null;
    }

    /** Makes the task of a stage, as often as of a job of one stage. */
    public Builder task(String stage, Supplier<?> task) {
      codeOfStages.put(stage, task);
      return this;
    }

    private Map<String, Supplier<?>> code(JobSettings settings) {
      Map<String, Supplier<?>> all = new HashMap<>(codeOfStages);
      if (code != null) {
        if (settings.stages().size() > 1) {
          throw new IllegalArgumentException(
              "the job has several stages; use new Builder(config).task(stage, ...)");
        }
        all.put(settings.stages().get(0).name(), code);
      }
      return all;
    }

    /** How many partitions each input has. */
    public Builder partitions(int count) {
      this.partitions = count;
      return this;
    }

    /** The time at which the test begins. */
    public Builder startAt(Instant time) {
      this.start = time;
      return this;
    }

    /** The tester. */
    public TaskTester build() {
      return new TaskTester(this);
    }
  }

  /**
   * A record that a task sent.
   *
   * @param key its key as the stream's serde reads it; null if it has none
   * @param message its message as the stream's serde reads it
   */
  public record Sent(@Nullable Object key, @Nullable Object message) {
    /** A record of this key and message. */
    public static Sent of(@Nullable Object key, @Nullable Object message) {
      return new Sent(key, message);
    }
  }

  /**
   * Puts a record into an input, serialized by the input's serdes, at the tester's time. It is not
   * processed yet.
   *
   * <p>Or into a stream that feeds a store, serialized by the store's serdes; without a message it
   * removes the key. Whatever was sent to such streams is in the store before the next record of
   * any input is processed, also if that was sent earlier.
   *
   * @param stream the input's id, or that of the stream that feeds a store
   */
  public void send(String stream, @Nullable Object key, @Nullable Object message) {
    StreamDefinition definition = input(stream);
    StoreDefinition store = fedBy(definition);
    byte[] keyBytes = bytes(store != null ? store.keySerde() : definition.keySerde(), key);
    byte[] messageBytes = bytes(store != null ? store.msgSerde() : definition.msgSerde(), message);
    send(definition, keyBytes, messageBytes, List.of());
  }

  /** The store that a stream feeds; null if it is an input, or feeds none. */
  private @Nullable StoreDefinition fedBy(StreamDefinition stream) {
    for (StoreDefinition store : settings.stores().values()) {
      StoreSource source = store.source();
      if (source != null
          && source.stream().equals(stream.systemStream())
          && !inputs().contains(stream.systemStream())) {
        return store;
      }
    }
    return null;
  }

  private List<SystemStream> inputs() {
    return settings.inputs();
  }

  /** Puts a record into an input as it is, for records that no serde would write. */
  public void sendBytes(String stream, byte @Nullable [] key, byte @Nullable [] message) {
    send(input(stream), key, message, List.of());
  }

  private void send(
      StreamDefinition definition,
      byte @Nullable [] key,
      byte @Nullable [] message,
      List<Header> headers) {
    SystemStream stream = definition.systemStream();
    try (SystemProducer producer = system(stream).producer("test")) {
      producer.send(new OutgoingRecord(stream.getStream(), -1, key, key, message, nowMs, headers));
    }
  }

  /** Processes everything that waits, and commits nothing unless the task asks for it. */
  public void process() {
    running().process();
  }

  /**
   * Processes what waits, and commits it. With several stages, what one has sent by that is
   * processed and committed by the next, until nothing waits any more.
   */
  public void commit() {
    running().commit();
  }

  /**
   * Processes what waits, and takes a checkpoint, of which a task that is a {@link
   * io.tidemark.api.CheckpointListener} is told. One that a task asks for is taken when what waits
   * is processed.
   */
  public void checkpoint() {
    running().checkpoint();
  }

  /** Moves the clock; windows that become due are called, and commits that become due are made. */
  public void advance(Duration time) {
    SteppedJob current = running(); // started before the clock moves, or it would not see it move
    nowMs += time.toMillis();
    current.process();
  }

  /**
   * Ends the job as a power cut would: what was not committed is gone. The next call recovers it,
   * with new task objects.
   */
  public void kill() {
    SteppedJob killed = job;
    if (killed != null) {
      killed.kill();
      job = null;
    }
  }

  /** As {@link #kill}, and the local state is lost too: the journal alone has to do. */
  public void killAndLoseState() {
    kill();
    delete(settings.stateDirectory().resolve(settings.job()));
  }

  /** Ends the job in order: it commits, and tasks are closed. The next call starts it again. */
  public void stop() {
    running().stop();
    job = null;
  }

  /**
   * What was committed to a stream since the last call for it, over all partitions in order.
   *
   * @param stream the stream's id, or {@code system.stream}
   */
  public List<Sent> output(String stream) {
    StreamDefinition definition = stream(stream);
    Serde<?> keySerde = serdes.create("streams." + stream + ".key.serde", definition.keySerde());
    Serde<?> msgSerde = serdes.create("streams." + stream + ".msg.serde", definition.msgSerde());
    List<Sent> sent = new ArrayList<>();
    for (MemoryRecord record : unread(definition.systemStream())) {
      sent.add(Sent.of(keySerde.fromBytes(record.key()), msgSerde.fromBytes(record.value())));
    }
    return sent;
  }

  /** The headers of everything that was ever committed to a stream, as strings by name. */
  public List<Map<String, String>> headers(String stream) {
    List<Map<String, String>> headers = new ArrayList<>();
    SystemStream name = stream(stream).systemStream();
    for (MemoryRecord record : all(name)) {
      Map<String, String> ofRecord = new HashMap<>();
      for (Header header : record.headers()) {
        ofRecord.put(
            header.name(),
            header.value() == null ? "" : new String(header.value(), StandardCharsets.UTF_8));
      }
      headers.add(ofRecord);
    }
    return headers;
  }

  private List<MemoryRecord> unread(SystemStream stream) {
    List<MemoryRecord> records = new ArrayList<>();
    for (int partition = 0; partition < partitions(stream); partition++) {
      List<MemoryRecord> all = system(stream).records(stream.getStream(), partition);
      Integer before =
          read.put(new SystemStreamPartition(stream, new Partition(partition)), all.size());
      records.addAll(all.subList(before == null ? 0 : before, all.size()));
    }
    return records;
  }

  private List<MemoryRecord> all(SystemStream stream) {
    List<MemoryRecord> records = new ArrayList<>();
    for (int partition = 0; partition < partitions(stream); partition++) {
      records.addAll(system(stream).records(stream.getStream(), partition));
    }
    return records;
  }

  private int partitions(SystemStream stream) {
    String name = stream.getStream();
    return system(stream).admin().partitionCounts(List.of(name)).getOrDefault(name, 0);
  }

  /** A store of the only task. */
  public <S extends ReadOnlyKeyValueStore<?, ?>> S store(String name) {
    return store(name, 0);
  }

  /** A store of the task of a partition of its stage, with what is not committed yet. */
  public <S extends ReadOnlyKeyValueStore<?, ?>> S store(String name, int partition) {
    return running().store(partition, name);
  }

  /** The tester's time. */
  public Instant now() {
    return Instant.ofEpochMilli(nowMs);
  }

  @Override
  public void close() {
    kill();
    delete(ownDirectory);
  }

  private SteppedJob running() {
    SteppedJob current = job;
    if (current == null) {
      Map<String, StreamSystem> given = new HashMap<>();
      systems.forEach((name, system) -> given.put(name, new MemoryJournals(system)));
      current = SteppedJob.start(config, code, given, () -> nowMs, () -> ++checkpoint);
      job = current;
    }
    return current;
  }

  /** The inputs, and what feeds stores. */
  private Set<SystemStream> read() {
    Set<SystemStream> read = new LinkedHashSet<>(inputs());
    for (StoreDefinition store : settings.stores().values()) {
      if (store.source() != null) {
        read.add(store.source().stream());
      }
    }
    return read;
  }

  private StreamDefinition input(String stream) {
    for (SystemStream input : read()) {
      StreamDefinition definition = settings.stream(input);
      if (definition.id().equals(stream) || input.toString().equals(stream)) {
        return definition;
      }
    }
    throw new IllegalArgumentException("the job has no input " + stream + "; it has " + read());
  }

  private StreamDefinition stream(String stream) {
    StreamDefinition configured = settings.streams().get(stream);
    if (configured != null) {
      return configured;
    }
    int dot = stream.indexOf('.');
    return dot > 0 && settings.systems().containsKey(stream.substring(0, dot))
        ? settings.stream(new SystemStream(stream.substring(0, dot), stream.substring(dot + 1)))
        : settings.stream(new SystemStream(settings.inputs().get(0).getSystem(), stream));
  }

  private MemorySystem system(SystemStream stream) {
    return Objects.requireNonNull(systems.get(stream.getSystem()));
  }

  @SuppressWarnings("unchecked") // a mismatch shows at once, in the test that makes it
  private byte @Nullable [] bytes(String serde, @Nullable Object object) {
    return object == null ? null : ((Serde<Object>) serdes.create("serde", serde)).toBytes(object);
  }

  private static Path temporaryDirectory() {
    try {
      return Files.createTempDirectory("tidemark-test");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
