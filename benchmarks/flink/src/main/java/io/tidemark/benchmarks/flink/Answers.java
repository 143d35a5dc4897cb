package io.tidemark.benchmarks.flink;

import java.nio.ByteBuffer;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Makes the records of the output, whose partitions the producer chooses by their keys. */
final class Answers implements KafkaRecordSerializationSchema<Tuple2<Long, byte[]>> {
  private static final long serialVersionUID = 1;

  private final String topic;

  Answers(String topic) {
    this.topic = topic;
  }

  @Override
  public ProducerRecord<byte[], byte[]> serialize(
      Tuple2<Long, byte[]> answer, KafkaSinkContext context, Long timestamp) {
    return new ProducerRecord<>(topic, bytes(answer.f0), answer.f1);
  }

  static byte[] bytes(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }
}
