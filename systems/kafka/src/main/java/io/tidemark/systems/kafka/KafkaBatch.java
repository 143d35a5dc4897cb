package io.tidemark.systems.kafka;

import io.tidemark.api.Header;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.system.RecordBatch;
import java.util.ArrayList;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Headers;
import org.jspecify.annotations.Nullable;

/** A view of the records that Kafka's consumer returned for a partition. */
record KafkaBatch(SystemStreamPartition partition, List<ConsumerRecord<byte[], byte[]>> records)
    implements RecordBatch {

  @Override
  public int size() {
    return records.size();
  }

  @Override
  public byte @Nullable [] key(int index) {
    return records.get(index).key();
  }

  @Override
  public byte @Nullable [] value(int index) {
    return records.get(index).value();
  }

  @Override
  public long timestamp(int index) {
    return Math.max(0, records.get(index).timestamp());
  }

  @Override
  public List<Header> headers(int index) {
    Headers found = records.get(index).headers();
    List<Header> headers = List.of();
    for (org.apache.kafka.common.header.Header header : found) {
      if (headers.isEmpty()) {
        headers = new ArrayList<>();
      }
      headers.add(new Header(header.key(), header.value()));
    }
    return headers;
  }

  @Override
  public String offset(int index) {
    return Long.toString(records.get(index).offset());
  }

  @Override
  public String offsetAfter(int index) {
    return Long.toString(records.get(index).offset() + 1);
  }
}
