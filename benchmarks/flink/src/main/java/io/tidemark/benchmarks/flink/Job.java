package io.tidemark.benchmarks.flink;

import io.tidemark.benchmarks.contender.Assignment;
import io.tidemark.benchmarks.contender.Message;
import io.tidemark.benchmarks.contender.Workload;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.typeinfo.PrimitiveArrayTypeInfo;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.connector.source.Source;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.connector.base.DeliveryGuarantee;
import org.apache.flink.connector.base.source.hybrid.HybridSource;
import org.apache.flink.connector.kafka.sink.KafkaSink;
import org.apache.flink.connector.kafka.sink.TransactionNamingStrategy;
import org.apache.flink.connector.kafka.source.KafkaSource;
import org.apache.flink.connector.kafka.source.KafkaSourceBuilder;
import org.apache.flink.connector.kafka.source.enumerator.initializer.OffsetsInitializer;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;

/**
 * The job of an assignment: source, function of the key's state where the workload has one, sink.
 * Operators have ids, so that a job that is built again takes up their states.
 */
final class Job {
  static final TypeInformation<byte[]> BYTES =
      PrimitiveArrayTypeInfo.BYTE_PRIMITIVE_ARRAY_TYPE_INFO;

  /** A key, and what goes with it: a message on the way in, an answer on the way out. */
  static final TypeInformation<Tuple2<Long, byte[]>> KEYED = Types.TUPLE(Types.LONG, BYTES);

  private Job() {}

  static void build(StreamExecutionEnvironment environment, Assignment assignment) {
    answers(input(environment, assignment), assignment)
        .sinkTo(sink(assignment))
        .uid("output")
        .name("output");
  }

  /** Returns what is to be sent on, for records of the input, and of the table before them. */
  static DataStream<Tuple2<Long, byte[]>> answers(
      DataStream<Tuple2<Long, byte[]>> input, Assignment assignment) {
    if (assignment.workload() == Workload.COPY) {
      return input;
    }
    return input
        .keyBy(record -> record.f0, Types.LONG)
        .process(function(assignment), KEYED)
        .uid("state")
        .name("state");
  }

  private static KeyedProcessFunction<Long, Tuple2<Long, byte[]>, Tuple2<Long, byte[]>> function(
      Assignment assignment) {
    return switch (assignment.workload()) {
      case COUNT -> new Count(1);
      case MANY_STORES -> new Count(assignment.stores());
      case LATEST -> new Latest();
      case READ_MODIFY_WRITE -> new ReadModifyWrite();
      case ENRICH -> new Enrich();
      case COPY -> throw new IllegalArgumentException("a copy has no state");
    };
  }

  private static DataStream<Tuple2<Long, byte[]>> input(
      StreamExecutionEnvironment environment, Assignment assignment) {
    Source<Tuple2<Long, byte[]>, ?, ?> source =
        source(assignment, assignment.input(), new KeyedMessages(needed(assignment))).build();
    WatermarkStrategy<Tuple2<Long, byte[]>> watermarks = WatermarkStrategy.noWatermarks();
    if (assignment.workload() == Workload.ENRICH) {
      source = afterTheTable(source, assignment);
      watermarks = TableWatermarks.strategy();
    }
    return environment.fromSource(source, watermarks, "input", KEYED).uid("input");
  }

  /** How much of a message has to be carried to the state: all of it, unless it pays to cut it. */
  private static int needed(Assignment assignment) {
    return switch (assignment.workload()) {
      case COUNT, MANY_STORES -> assignment.tuned() ? 0 : Message.BYTES;
      case ENRICH -> Long.BYTES;
      case COPY, LATEST, READ_MODIFY_WRITE -> Message.BYTES;
    };
  }

  private static Source<Tuple2<Long, byte[]>, ?, ?> afterTheTable(
      Source<Tuple2<Long, byte[]>, ?, ?> input, Assignment assignment) {
    KafkaSource<Tuple2<Long, byte[]>> table =
        source(assignment, assignment.table(), new KeyedMessages(Message.BYTES))
            .setBounded(OffsetsInitializer.latest())
            .build();
    return HybridSource.builder(table).addSource(input).build();
  }

  private static KafkaSourceBuilder<Tuple2<Long, byte[]>> source(
      Assignment assignment, String topic, KeyedMessages messages) {
    return KafkaSource.<Tuple2<Long, byte[]>>builder()
        .setBootstrapServers(assignment.bootstrapServers())
        .setGroupId(assignment.application())
        .setTopics(topic)
        .setStartingOffsets(OffsetsInitializer.earliest())
        .setDeserializer(messages)
        .setProperties(Settings.consumer(assignment));
  }

  private static KafkaSink<Tuple2<Long, byte[]>> sink(Assignment assignment) {
    return KafkaSink.<Tuple2<Long, byte[]>>builder()
        .setBootstrapServers(assignment.bootstrapServers())
        .setRecordSerializer(new Answers(assignment.output()))
        .setDeliveryGuarantee(
            assignment.exactlyOnce()
                ? DeliveryGuarantee.EXACTLY_ONCE
                : DeliveryGuarantee.AT_LEAST_ONCE)
        .setTransactionalIdPrefix(assignment.application())
        .setTransactionNamingStrategy(
            assignment.tuned()
                ? TransactionNamingStrategy.POOLING
                : TransactionNamingStrategy.DEFAULT)
        .setKafkaProducerConfig(Settings.producer(assignment))
        .build();
  }
}
