package io.tidemark.systems.kafka.broker;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import kafka.server.KafkaConfig;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Exit;
import org.apache.kafka.metadata.storage.Formatter;

/**
 * The main class of the broker's process: one Kafka node that is broker and controller at once.
 *
 * <p>Arguments: {@code DIRECTORY BROKER_PORT CONTROLLER_PORT [KEY=VALUE ...]}. The directory is
 * formatted when it is new. Standard output carries one line, {@link BrokerProcess#READY}, when the
 * node serves requests; everything else that is printed goes to standard error. The process ends
 * when its standard input does, so it cannot outlive the process that started it. This class runs
 * in the broker's JVM only: of this package, only it and BrokerNode know Kafka.
 */
public final class BrokerMain {
  private static final int FATAL = 1;
  private static final long SHUTDOWN_LIMIT_MS = 15_000;

  private BrokerMain() {}

  /** Runs the node until it is told to stop. */
  public static void main(String[] arguments) {
    PrintStream announcements = System.out;
    System.setOut(System.err);
    endWithMessageOnFault();
    exitAtEndOf(System.in);
    Path directory = Path.of(arguments[0]);
    // Held to the end: a channel that nothing refers to is closed by the garbage collector.
    try (FileChannel locked = lock(directory.resolve("broker.lock"))) {
      KafkaConfig config = new KafkaConfig(settings(directory.resolve("data"), arguments), false);
      formatWhenNew(config);
      run(config, announcements);
    } catch (Throwable failure) {
      failure.printStackTrace();
      Runtime.getRuntime().halt(FATAL);
    }
  }

  /**
   * Keeps a second broker off the directory. Kafka's own lock comes too late: a second controller
   * has by then written to the metadata log of the first, which never recovers.
   */
  private static FileChannel lock(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (channel.tryLock() == null) {
      throw new IOException(
          "Another broker is running in " + file.getParent() + ": it holds " + file);
    }
    return channel;
  }

  private static void run(KafkaConfig config, PrintStream announcements) {
    BrokerNode node = new BrokerNode(config);
    node.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(node), "broker-shutdown"));
    announcements.println(BrokerProcess.READY);
    announcements.flush();
    node.awaitStop();
  }

  private static void stop(BrokerNode node) {
    haltLater();
    node.stop();
  }

  private static Properties settings(Path data, String[] arguments) {
    Properties settings =
        BrokerSettings.singleNode(
            data, Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
    List<String> extra = Arrays.asList(arguments).subList(3, arguments.length);
    for (String setting : extra) {
      int equals = setting.indexOf('=');
      settings.setProperty(setting.substring(0, equals), setting.substring(equals + 1));
    }
    return settings;
  }

  private static void formatWhenNew(KafkaConfig config) throws Exception {
    Path directory = Path.of(config.metadataLogDir());
    if (Files.exists(directory.resolve("meta.properties"))) {
      return;
    }
    new Formatter()
        .setPrintStream(new PrintStream(OutputStream.nullOutputStream()))
        .setNodeId(config.nodeId())
        .setClusterId(Uuid.randomUuid().toString())
        .setControllerListenerName("CONTROLLER")
        .setMetadataLogDirectory(directory.toString())
        .addDirectory(directory.toString())
        .run();
  }

  /** Kafka ends a broken node through these two procedures, which by default say nothing. */
  private static void endWithMessageOnFault() {
    Exit.setExitProcedure((status, message) -> end("ended itself", status, message));
    Exit.setHaltProcedure((status, message) -> end("halted itself", status, message));
  }

  private static void end(String how, int status, String message) {
    String reason = Objects.requireNonNullElse(message, "see above");
    System.err.println("The broker " + how + " with status " + status + ": " + reason);
    Runtime.getRuntime().halt(status);
  }

  private static void exitAtEndOf(InputStream input) {
    Thread watch =
        new Thread(
            () -> {
              awaitEnd(input);
              System.exit(0);
            },
            "parent-watch");
    watch.setDaemon(true);
    watch.start();
  }

  private static void awaitEnd(InputStream input) {
    try {
      while (input.read() >= 0) {
        // The parent sends nothing; only the end matters.
      }
    } catch (IOException e) {
      // A broken pipe is the end too.
    }
  }

  private static void haltLater() {
    Thread limit =
        new Thread(
            () -> {
              try {
                Thread.sleep(SHUTDOWN_LIMIT_MS);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              end("was halted", FATAL, "it did not stop within " + SHUTDOWN_LIMIT_MS + " ms");
            },
            "shutdown-limit");
    limit.setDaemon(true);
    limit.start();
  }
}
