package io.tidemark.systems.kafka.broker;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import kafka.server.BrokerServer;
import kafka.server.ControllerServer;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import kafka.server.Server$;
import kafka.server.SharedServer;
import kafka.server.StandardFaultHandlerFactory;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.loader.LoaderManifest;
import org.apache.kafka.image.publisher.MetadataPublisher;
import org.apache.kafka.metadata.BrokerRegistration;
import org.apache.kafka.metadata.bootstrap.BootstrapMetadata;
import org.apache.kafka.metadata.properties.MetaPropertiesEnsemble;
import org.apache.kafka.raft.QuorumConfig;
import org.apache.kafka.server.ServerSocketFactory;
import org.slf4j.LoggerFactory;
import scala.Tuple2;

/**
 * A controller and a broker in this JVM: what {@link KafkaRaftServer} is, but for one step between
 * the two starts.
 *
 * <p>After a kill, the metadata log says that the former life of the broker still leads its
 * partitions, until the controller fences that life when its session has run out. A broker that
 * starts before then takes up the old leadership. Its transaction coordinator resumes the commits
 * that were under way, finds no leader for their partitions in the moment of the fencing, concludes
 * that these were deleted, and drops the commit markers: acknowledged transactions then stay
 * invisible to {@code read_committed} for ever. So the broker starts after the fencing here. That
 * costs no time, because the controller does not register a new life of the broker earlier either.
 */
final class BrokerNode {
  private static final Duration CONTROLLED_SHUTDOWN_LIMIT = Duration.ofSeconds(10);

  private final int id;
  private final SharedServer shared;
  private final ControllerServer controller;
  private final BrokerServer broker;

  BrokerNode(KafkaConfig config) {
    id = config.nodeId();
    Tuple2<MetaPropertiesEnsemble, BootstrapMetadata> directories =
        KafkaRaftServer.initializeLogDirs(config, LoggerFactory.getLogger(BrokerNode.class), "");
    String clusterId = directories._1().clusterId().orElseThrow();
    QuorumConfig quorum = config.quorumConfig();
    shared =
        new SharedServer(
            config,
            directories._1(),
            Time.SYSTEM,
            Server$.MODULE$.initializeMetrics(config, Time.SYSTEM, clusterId),
            CompletableFuture.completedFuture(QuorumConfig.parseVoterConnections(quorum.voters())),
            QuorumConfig.parseBootstrapServers(quorum.bootstrapServers()),
            new StandardFaultHandlerFactory(),
            ServerSocketFactory.INSTANCE);
    broker = new BrokerServer(shared);
    controller = new ControllerServer(shared, KafkaRaftServer.configSchema(), directories._2());
  }

  /** Returns when the broker serves requests. */
  void start() {
    controller.startup();
    awaitFencedFormerLife();
    broker.startup();
  }

  void stop() {
    broker.shutdown(CONTROLLED_SHUTDOWN_LIMIT);
    controller.shutdown();
  }

  void awaitStop() {
    broker.awaitShutdown();
    controller.awaitShutdown();
  }

  private void awaitFencedFormerLife() {
    FormerLife formerLife = new FormerLife();
    shared.loader().installPublishers(List.of(formerLife)).join();
    formerLife.fenced.join();
    shared.loader().removeAndClosePublisher(formerLife).join();
  }

  /** Sees the metadata as the log is loaded and grows. Called by the loader's thread. */
  private final class FormerLife implements MetadataPublisher {
    private final CompletableFuture<Void> fenced = new CompletableFuture<>();

    @Override
    public String name() {
      return "FormerLife";
    }

    @Override
    public void onMetadataUpdate(
        MetadataDelta delta, MetadataImage image, LoaderManifest manifest) {
      BrokerRegistration registration = image.cluster().broker(id);
      if (registration == null || registration.fenced()) {
        fenced.complete(null);
      }
    }

    @Override
    public void close() {}
  }
}
