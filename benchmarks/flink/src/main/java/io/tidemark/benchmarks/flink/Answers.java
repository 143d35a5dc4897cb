package io.tidemark.benchmarks.flink;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.DefaultKafkaDatasetIdentifier;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacet;
import org.apache.flink.connector.kafka.lineage.KafkaDatasetFacetProvider;
import org.apache.flink.connector.kafka.sink.KafkaRecordSerializationSchema;
import org.apache.kafka.clients.producer.ProducerRecord;

/** Makes the records of the output, whose partitions the producer chooses by their keys. */
final class Answers
    implements KafkaRecordSerializationSchema<Tuple2<Long, byte[]>>, KafkaDatasetFacetProvider {
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

  /** Names the topic; a sink whose transactions are pooled looks there for those left open. */
  @Override
  public Optional<KafkaDatasetFacet> getKafkaDatasetFacet() {
    return Optional.of(
        new DefaultKafkaDatasetFacet(DefaultKafkaDatasetIdentifier.ofTopics(List.of(topic))));
  }

  static byte[] bytes(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }
}
