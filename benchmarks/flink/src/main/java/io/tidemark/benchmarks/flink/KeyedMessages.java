package io.tidemark.benchmarks.flink;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.connector.kafka.source.reader.deserializer.KafkaRecordDeserializationSchema;
import org.apache.flink.util.Collector;
import org.apache.kafka.clients.consumer.ConsumerRecord;

/** Reads a record's key, and as much of its message as is needed from there on. */
final class KeyedMessages implements KafkaRecordDeserializationSchema<Tuple2<Long, byte[]>> {
  private static final long serialVersionUID = 1;

  private final int needed;

  KeyedMessages(int needed) {
    this.needed = needed;
  }

  @Override
  public void deserialize(
      ConsumerRecord<byte[], byte[]> record, Collector<Tuple2<Long, byte[]>> out) {
    byte[] message = record.value();
    if (message.length > needed) {
      message = Arrays.copyOf(message, needed);
    }
    out.collect(Tuple2.of(ByteBuffer.wrap(record.key()).getLong(), message));
  }

  @Override
  public TypeInformation<Tuple2<Long, byte[]>> getProducedType() {
    return Job.KEYED;
  }
}
