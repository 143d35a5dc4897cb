package io.tidemark.cli.demo;

import io.tidemark.systems.kafka.broker.LocalKafka;
import java.io.File;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Where things are: the broker's jars, and for the user everything that the demo left running. */
final class LookAround {
  private static final String BROKER_JARS = "tidemark.broker.lib";
  private static final String LOGGING = "io/tidemark/systems/kafka/broker/broker-logback.xml";
  private static final String CONSUMER = "org.apache.kafka.tools.consumer.ConsoleConsumer";

  private LookAround() {}

  /**
   * The directory of the broker's jars: the one that the system property {@code
   * tidemark.broker.lib} names, {@code ../broker} beside the jars of a distribution, or {@code
   * broker-lib} in a build.
   */
  static Path brokerJars() {
    String named = System.getProperty(BROKER_JARS);
    if (named != null) {
      return Path.of(named).toAbsolutePath();
    }
    Path classes = classes();
    Path distributed = classes.resolveSibling("..").resolve("broker").normalize();
    return Files.isDirectory(distributed) ? distributed : classes.resolveSibling("broker-lib");
  }

  /** What to tell who wants to look around. */
  static List<String> lines(TrafficJob job, LocalKafka kafka) {
    return List.of(
        "Everything stays as it is until you press Ctrl-C; then it is removed.",
        "  broker         " + kafka.bootstrapServers(),
        "  topics         "
            + String.join(
                ", ",
                TrafficJob.INPUT,
                TrafficJob.VISITS,
                TrafficJob.SESSIONS,
                TrafficJob.REJECTED,
                job.settings().journal()),
        "  configuration  " + job.file(),
        "  local state    " + job.settings().stateDirectory().resolve(job.settings().job()),
        "  broker's log   " + kafka.directory().resolve("broker.log"),
        "Entries of a store, and each change of one of them:",
        "  ./tidemark state range --store visitors --limit 10 --config " + job.file(),
        "  ./tidemark state history --store pages --key / --config " + job.file(),
        "The first ten visits, with Kafka's own console consumer:",
        "  " + consoleConsumer(kafka.bootstrapServers()));
  }

  private static String consoleConsumer(String bootstrapServers) {
    return String.join(
        " ",
        quoted(Path.of(System.getProperty("java.home"), "bin", "java").toString()),
        "-cp",
        quoted(brokerJars().resolve("*") + File.pathSeparator + classes()),
        "-Dlogback.configurationFile=" + LOGGING,
        CONSUMER,
        "--bootstrap-server " + bootstrapServers,
        "--topic " + TrafficJob.VISITS,
        "--from-beginning --max-messages 10",
        "--formatter-property print.key=true --command-property isolation.level=read_committed");
  }

  private static String quoted(String word) {
    return '"' + word + '"';
  }

  /** The jar, or directory of classes, that the broker is started from. */
  private static Path classes() {
    try {
      return Path.of(LocalKafka.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException("this class was loaded from no file", e);
    }
  }
}
