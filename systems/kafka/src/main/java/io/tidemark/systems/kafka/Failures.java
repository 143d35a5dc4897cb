package io.tidemark.systems.kafka;

import io.tidemark.api.ConfigException;
import io.tidemark.api.FencedException;
import io.tidemark.api.TidemarkException;
import java.time.Duration;
import java.util.function.Supplier;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.AuthenticationException;
import org.apache.kafka.common.errors.AuthorizationException;
import org.apache.kafka.common.errors.InvalidProducerEpochException;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.InvalidTxnStateException;
import org.apache.kafka.common.errors.ProducerFencedException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/** Says in our words what Kafka's clients throw. */
record Failures(KafkaSettings settings) {

  /** Makes a client; what it refuses is a matter of configuration. */
  <T> T create(Supplier<T> client) {
    try {
      return client.get();
    } catch (KafkaException e) {
      throw new ConfigException(
          "TM-1051",
          "Kafka's client refuses the settings of system %s (%s); correct systems.%s.*"
              .formatted(settings.name(), deepest(e).getMessage(), settings.name()),
          e);
    }
  }

  /**
   * What a failed call means.
   *
   * @param what the call, as in "Cannot ..."
   * @param code what to call it if it is none of the failures that every call can meet
   */
  TidemarkException of(Throwable error, String what, String code) {
    if (error instanceof TidemarkException known) {
      return known;
    }
    if (find(error, AuthorizationException.class) || find(error, AuthenticationException.class)) {
      return exception(
          "TM-2002", what, error, "give the job's user the right to, or correct its credentials");
    }
    if (find(error, UnknownTopicOrPartitionException.class)) {
      return exception("TM-2004", what, error, "create the topic, or correct its name");
    }
    return exception(code, what, error, advice(error));
  }

  /** No answer came in time. */
  TidemarkException unreachable(String what, Duration tried, Throwable cause) {
    return new TidemarkException(
        "TM-2001",
        ("Cannot %s: system %s (bootstrap.servers=%s) did not answer within %.1f s; check that its"
                + " brokers are up and can be reached from here")
            .formatted(
                what, settings.name(), settings.bootstrapServers(), tried.toMillis() / 1000.0),
        cause);
  }

  /** What a failed call of the writer of that name means. */
  TidemarkException ofWriter(Throwable error, String writerName, String what) {
    return isFenced(error)
        ? fenced(writerName, error)
        : of(error, "%s as writer %s".formatted(what, writerName), "TM-3008");
  }

  FencedException fenced(String writerName, @Nullable Throwable cause) {
    return new FencedException(
        "TM-3101",
        ("Another process took over from the writer %s of system %s, or this one stood still for"
                + " longer than transaction.timeout.ms; it must stop")
            .formatted(writerName, settings.name()),
        cause);
  }

  static boolean isFenced(Throwable error) {
    return error instanceof FencedException
        || find(error, ProducerFencedException.class)
        || find(error, InvalidProducerEpochException.class)
        // What we commit is open unless somebody else ended it.
        || find(error, InvalidTxnStateException.class);
  }

  private TidemarkException exception(String code, String what, Throwable error, String advice) {
    Throwable reason = deepest(error);
    return new TidemarkException(
        code,
        "Cannot %s: system %s says: %s (%s); %s"
            .formatted(
                what,
                settings.name(),
                reason.getMessage(),
                reason.getClass().getSimpleName(),
                advice),
        error);
  }

  private String advice(Throwable error) {
    if (find(error, InvalidReplicationFactorException.class)) {
      return "start more brokers, or set systems.%s.replication.factor".formatted(settings.name());
    }
    return find(error, TimeoutException.class)
        ? "check that the brokers (bootstrap.servers="
            + settings.bootstrapServers()
            + ") are up and can be reached from here"
        : "see the cause";
  }

  static boolean find(Throwable error, Class<? extends Throwable> type) {
    for (Throwable at = error; at != null; at = at.getCause()) {
      if (type.isInstance(at)) {
        return true;
      }
    }
    return false;
  }

  private static Throwable deepest(Throwable error) {
    Throwable at = error;
    for (Throwable cause = at.getCause(); cause != null; cause = at.getCause()) {
      at = cause;
    }
    return at;
  }
}
