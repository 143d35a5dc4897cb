package io.tidemark.systems.kafka.broker;

import java.nio.file.Path;
import java.util.Properties;

/**
 * The settings of a node that is alone in its cluster, small, and reachable from this machine only.
 */
final class BrokerSettings {
  static final String HOST = "127.0.0.1";

  private BrokerSettings() {}

  static Properties singleNode(Path dataDirectory, int brokerPort, int controllerPort) {
    Properties settings = new Properties();
    settings.setProperty("node.id", "1");
    settings.setProperty("log.dirs", dataDirectory.toString());
    listenOn(brokerPort, controllerPort, settings);
    replicateNothing(settings);
    staySmall(settings);
    settings.setProperty("auto.create.topics.enable", "false");
    settings.setProperty("group.initial.rebalance.delay.ms", "0");
    return settings;
  }

  private static void listenOn(int brokerPort, int controllerPort, Properties settings) {
    String clients = "PLAINTEXT://" + HOST + ":" + brokerPort;
    settings.setProperty("process.roles", "broker,controller");
    settings.setProperty("controller.quorum.voters", "1@" + HOST + ":" + controllerPort);
    settings.setProperty("controller.listener.names", "CONTROLLER");
    settings.setProperty("listeners", clients + ",CONTROLLER://" + HOST + ":" + controllerPort);
    settings.setProperty("advertised.listeners", clients);
    settings.setProperty(
        "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT");
  }

  private static void replicateNothing(Properties settings) {
    settings.setProperty("default.replication.factor", "1");
    settings.setProperty("min.insync.replicas", "1");
    settings.setProperty("offsets.topic.replication.factor", "1");
    settings.setProperty("transaction.state.log.replication.factor", "1");
    settings.setProperty("transaction.state.log.min.isr", "1");
    settings.setProperty("share.coordinator.state.topic.replication.factor", "1");
    settings.setProperty("share.coordinator.state.topic.min.isr", "1");
  }

  /**
   * Few partitions in Kafka's own topics, because each costs files and start-up time; small
   * indexes, because some file systems make pages as large as the file for the first entry of each,
   * which stops the broker for milliseconds; and a cleaner that fits the heap.
   */
  private static void staySmall(Properties settings) {
    settings.setProperty("offsets.topic.num.partitions", "4");
    settings.setProperty("transaction.state.log.num.partitions", "4");
    settings.setProperty("share.coordinator.state.topic.num.partitions", "4");
    settings.setProperty("log.index.size.max.bytes", Integer.toString(256 << 10));
    settings.setProperty("log.cleaner.dedupe.buffer.size", Integer.toString(16 << 20));
  }
}
