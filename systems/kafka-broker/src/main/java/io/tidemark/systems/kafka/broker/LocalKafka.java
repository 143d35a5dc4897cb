package io.tidemark.systems.kafka.broker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * A real Kafka broker on this machine, in a process of its own: one node, broker and controller at
 * once, reachable on the loopback address only. It is for tests and demonstrations; nothing is
 * replicated.
 *
 * <p>The broker keeps everything it writes below one directory, so that {@link #restart()} after
 * {@link #stop()} or {@link #kill()} finds the records again, on the same ports. Its process never
 * outlives this JVM: it ends when the pipe between the two does, even after SIGKILL of this JVM
 * (only a broker that is suspended at that moment stays behind).
 *
 * <p>Methods may be called from any thread; each returns when what it says is done.
 */
public final class LocalKafka implements AutoCloseable {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final int PORT_ATTEMPTS = 3;

  /** The brokers that the end of this JVM must end. */
  private static final Set<LocalKafka> OPEN = ConcurrentHashMap.newKeySet();

  static {
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> OPEN.forEach(LocalKafka::abandon), "local-kafka-end"));
  }

  private static Optional<LocalKafka> shared = Optional.empty();

  private final BrokerCommand command;
  private final Duration startLimit;
  private final boolean deleteDirectoryOnClose;
  private final Ports ports;
  private volatile BrokerProcess process;

  private LocalKafka(Builder builder) {
    this.command = builder.command();
    this.startLimit = builder.startLimit;
    this.deleteDirectoryOnClose = builder.deleteDirectoryOnClose;
    Started started = start(builder.ports);
    this.ports = started.ports();
    this.process = started.process();
  }

  /**
   * Starts a broker with the builder's defaults that keeps its data in {@code directory}, which is
   * created if need be.
   */
  public static LocalKafka start(Path directory) {
    return in(directory).start();
  }

  /** A broker that will keep its data in {@code directory}, to be adjusted and started. */
  public static Builder in(Path directory) {
    return new Builder(directory);
  }

  /**
   * The broker that all users in this JVM share: started at the first call with the builder's
   * defaults, in a temporary directory, and ended and removed when this JVM exits. Whoever uses it
   * leaves it running, and names topics so that they meet no other user's.
   */
  public static LocalKafka shared() {
    synchronized (OPEN) {
      if (shared.isEmpty()) {
        shared = Optional.of(in(temporaryDirectory()).deleteDirectoryOnClose().start());
      }
      return shared.get();
    }
  }

  /** The address for clients, {@code host:port}. It stays the same over restarts. */
  public String bootstrapServers() {
    return BrokerSettings.HOST + ":" + ports.broker();
  }

  /**
   * The directory of this broker's data; {@code broker.log} in it has the broker's warnings and
   * errors.
   */
  public Path directory() {
    return command.directory();
  }

  /** The id of the broker's current process, or of its last one. */
  public long pid() {
    return process.pid();
  }

  /** Whether the broker has a process, be it suspended. */
  public boolean isRunning() {
    return process.isAlive();
  }

  /**
   * Stops the broker in order (SIGTERM), or by force after 20 s. Its data stays. Does nothing when
   * it is not running.
   */
  public synchronized void stop() {
    process.stop(STOP_LIMIT);
  }

  /**
   * Kills the broker (SIGKILL). Its data stays: what it had acknowledged is safe, as the operating
   * system lives on.
   */
  public synchronized void kill() {
    process.kill();
  }

  /** Starts the broker again on its ports and data, after stopping it if it is running. */
  public synchronized void restart() {
    stop();
    process = start(() -> ports).process();
  }

  /** Freezes the broker (SIGSTOP): connections stay open, and nothing answers. Not on Windows. */
  public synchronized void suspend() {
    process.suspend();
  }

  /** Lets a suspended broker go on (SIGCONT). */
  public synchronized void resume() {
    process.resume();
  }

  /** Stops the broker for good, and removes its directory if it was built so. */
  @Override
  public synchronized void close() {
    stop();
    deleteDirectoryIfTold();
    OPEN.remove(this);
  }

  /**
   * At the exit of this JVM: no time for an orderly end, and no lock that a thread still starting a
   * broker may hold.
   */
  private void abandon() {
    process.kill();
    deleteDirectoryIfTold();
  }

  /** Starts a process; chooses again when another process took one of the ports first. */
  private Started start(Supplier<Ports> choice) {
    for (int attempt = 1; ; attempt++) {
      Ports chosen = choice.get();
      BrokerProcess candidate = BrokerProcess.spawn(command, chosen);
      try {
        candidate.awaitReady(chosen.broker(), startLimit);
        return new Started(chosen, candidate);
      } catch (LocalKafkaException e) {
        if (chosen.areFree() || attempt == PORT_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private void deleteDirectoryIfTold() {
    if (!deleteDirectoryOnClose || !Files.exists(directory())) {
      return;
    }
    try (Stream<Path> found = Files.walk(directory())) {
      List<Path> deepestFirst = found.sorted(Comparator.reverseOrder()).toList();
      for (Path path : deepestFirst) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot remove the broker's directory " + directory(), e);
    }
  }

  private static Path temporaryDirectory() {
    try {
      return Files.createTempDirectory("tidemark-kafka-");
    } catch (IOException e) {
      throw new UncheckedIOException(
          "Cannot create a temporary directory for the shared broker", e);
    }
  }

  private record Started(Ports ports, BrokerProcess process) {}

  /** Adjusts a broker before its start. Not for use by several threads. */
  public static final class Builder {
    private final Path directory;
    private final Map<String, String> settings = new HashMap<>();
    private Optional<BrokerLibrary> library = Optional.empty();
    private Supplier<Ports> ports = Ports::free;
    private BrokerTuning tuning = BrokerTuning.QUICK_START;
    private int heapMegabytes = 512;
    private Duration startLimit = Duration.ofSeconds(60);
    private boolean deleteDirectoryOnClose;

    private Builder(Path directory) {
      this.directory = directory.toAbsolutePath();
    }

    /**
     * Adds a broker setting, as in Kafka's {@code server.properties}; it wins over this class's
     * own.
     */
    public Builder setting(String key, String value) {
      settings.put(key, value);
      return this;
    }

    /** What the broker's JVM is tuned for. Default: {@link BrokerTuning#QUICK_START}. */
    public Builder tuning(BrokerTuning tuning) {
      this.tuning = tuning;
      return this;
    }

    /** The largest heap of the broker's JVM. Default: 512. */
    public Builder heapMegabytes(int heapMegabytes) {
      this.heapMegabytes = heapMegabytes;
      return this;
    }

    /** The ports for clients and for the controller. Default: free ones. */
    public Builder ports(int broker, int controller) {
      Ports fixed = new Ports(broker, controller);
      return ports(() -> fixed);
    }

    Builder ports(Supplier<Ports> choice) {
      this.ports = choice;
      return this;
    }

    /**
     * The directory with the broker's jars. Default: the one that the system property {@code
     * tidemark.broker.lib} names, or else {@code broker-lib} beside this module's jar or classes.
     */
    public Builder library(Path directoryOfJars) {
      this.library = Optional.of(new BrokerLibrary(directoryOfJars));
      return this;
    }

    /** How long a start may take before it counts as failed. Default: 60 s. */
    public Builder startLimit(Duration startLimit) {
      this.startLimit = startLimit;
      return this;
    }

    /**
     * Removes the directory with all data at {@link LocalKafka#close()} or at the exit of this JVM.
     * Default: it stays.
     */
    public Builder deleteDirectoryOnClose() {
      this.deleteDirectoryOnClose = true;
      return this;
    }

    /**
     * Starts the broker and waits until it answers.
     *
     * @throws LocalKafkaException if it does not, with what the broker printed
     */
    public LocalKafka start() {
      LocalKafka kafka = new LocalKafka(this);
      OPEN.add(kafka);
      return kafka;
    }

    private BrokerCommand command() {
      return new BrokerCommand(
          directory,
          library.orElseGet(BrokerLibrary::find),
          tuning,
          heapMegabytes,
          Map.copyOf(settings));
    }
  }
}
