package io.tidemark.runtime;

import io.tidemark.api.Header;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.Partition;
import io.tidemark.api.Serde;
import io.tidemark.api.SerializationException;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TidemarkException;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.SystemProducer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Where the records of one worker's tasks go: serializes them and hands them to their system's
 * producer. Confined to the worker.
 */
final class Outputs {
  private final Map<String, SystemProducer> producers;
  private final Function<SystemStream, OutputSpec> specs;
  private final Map<SystemStream, Route> routes;
  private final Totals totals;
  private final @Nullable Stamp stamp;
  private @Nullable Route latest;

  /** What all tasks of the worker have sent together. */
  private static final class Totals {
    long bytes;
    long records;
  }

  private record Route(SystemStream stream, OutputSpec spec, SystemProducer producer) {}

  /** A record that is serialized and ready to be sent. */
  record Prepared(SystemProducer producer, OutgoingRecord record) {}

  /**
   * @param producers by system
   * @param specs says how to write a stream and sees to it that the stream exists; asked once each
   */
  Outputs(Map<String, SystemProducer> producers, Function<SystemStream, OutputSpec> specs) {
    this.producers = producers;
    this.specs = specs;
    this.routes = new HashMap<>();
    this.totals = new Totals();
    this.stamp = null;
  }

  private Outputs(Outputs shared, Stamp stamp) {
    this.producers = shared.producers;
    this.specs = shared.specs;
    this.routes = shared.routes;
    this.totals = shared.totals;
    this.stamp = stamp;
  }

  /** The same for one task, which puts its stamp on what goes to intermediate streams. */
  Outputs of(Stamp own) {
    return new Outputs(this, own);
  }

  /**
   * Serializes a record and sends it.
   *
   * @throws SerializationException (TM-4010) if it cannot be serialized
   */
  void send(OutgoingMessageEnvelope envelope) {
    Route route = route(envelope.getSystemStream());
    send(route.producer, serialize(route, envelope));
  }

  /** Serializes a record that is to be sent later; throws as {@link #send} does. */
  Prepared prepare(OutgoingMessageEnvelope envelope) {
    Route route = route(envelope.getSystemStream());
    return new Prepared(route.producer, serialize(route, envelope));
  }

  private OutgoingRecord serialize(Route route, OutgoingMessageEnvelope envelope) {
    OutputSpec spec = route.spec;
    byte[] key = serialize(route, spec.keySerde(), envelope.getKey(), "key");
    Object partitionKey = envelope.getPartitionKey();
    int partition = -1;
    byte[] partitionKeyBytes = null;
    if (partitionKey instanceof Partition chosen) {
      partition = chosen.id();
    } else if (partitionKey == envelope.getKey()) {
      partitionKeyBytes = key;
    } else {
      partitionKeyBytes = serialize(route, spec.keySerde(), partitionKey, "partition key");
    }
    byte[] message = serialize(route, spec.messageSerde(), envelope.getMessage(), "message");
    return new OutgoingRecord(
        spec.stream(),
        partition,
        partitionKeyBytes,
        key,
        message,
        envelope.getTimestamp(),
        headers(spec, envelope));
  }

  private List<Header> headers(OutputSpec spec, OutgoingMessageEnvelope envelope) {
    List<Header> own = envelope.getHeaders();
    return spec.intermediate() && stamp != null ? stamp.on(own) : own;
  }

  /** Sends a record whose bytes are given. */
  void send(SystemStream stream, OutgoingRecord record) {
    send(route(stream).producer, record);
  }

  void send(Prepared prepared) {
    send(prepared.producer, prepared.record);
  }

  private void send(SystemProducer producer, OutgoingRecord record) {
    producer.send(record);
    totals.records++;
    totals.bytes += length(record.key()) + length(record.value());
  }

  /** How many bytes were sent since the last {@link #committed}. */
  long uncommittedBytes() {
    return totals.bytes;
  }

  /** How many records were ever sent. */
  long records() {
    return totals.records;
  }

  void committed() {
    totals.bytes = 0;
  }

  private Route route(SystemStream stream) {
    Route last = latest;
    if (last != null && last.stream.equals(stream)) {
      return last;
    }
    Route route = routes.computeIfAbsent(stream, this::newRoute);
    latest = route;
    return route;
  }

  private Route newRoute(SystemStream stream) {
    SystemProducer producer = producers.get(stream.getSystem());
    if (producer == null) {
      throw new TidemarkException(
          "TM-1006",
          String.format(
              "a record was sent to %s, but there is no system %s; known: %s. Set systems.%s.factory",
              stream, stream.getSystem(), producers.keySet(), stream.getSystem()));
    }
    return new Route(stream, specs.apply(stream), producer);
  }

  private static byte @Nullable [] serialize(
      Route route, Serde<Object> serde, @Nullable Object object, String what) {
    if (object == null) {
      return null;
    }
    try {
      return Objects.requireNonNull(serde.toBytes(object), "the serde wrote null");
    } catch (RuntimeException e) {
      throw new SerializationException(
          "TM-4010",
          String.format(
              "the %s of a record for %s, a %s, cannot be written with %s; set streams.%s.%s.serde",
              what,
              route.stream,
              object.getClass().getName(),
              serde.getClass().getSimpleName(),
              route.stream.getStream(),
              what.equals("message") ? "msg" : "key"),
          e);
    }
  }

  private static int length(byte @Nullable [] bytes) {
    return bytes == null ? 0 : bytes.length;
  }
}
