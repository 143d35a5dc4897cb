package io.tidemark.benchmarks.streams;

import io.tidemark.benchmarks.contender.Assignment;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;

/** Runs an assignment on Kafka Streams until the process is killed. */
public final class StreamsContender {
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(20);

  private StreamsContender() {}

  /**
   * Runs the assignment of the file that is the only argument. Ends with status 1 when Kafka
   * Streams gives up.
   */
  public static void main(String[] arguments) throws InterruptedException {
    Assignment assignment = Assignment.read(Path.of(arguments[0]));
    CountDownLatch gaveUp = new CountDownLatch(1);
    KafkaStreams streams =
        new KafkaStreams(StreamsTopology.of(assignment), StreamsSettings.of(assignment));
    streams.setUncaughtExceptionHandler(
        failure -> {
          failure.printStackTrace();
          gaveUp.countDown();
          return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
    Runtime.getRuntime()
        .addShutdownHook(new Thread(() -> streams.close(CLOSE_LIMIT), "streams-close"));
    streams.start();
    gaveUp.await();
    Runtime.getRuntime().exit(1);
  }
}
