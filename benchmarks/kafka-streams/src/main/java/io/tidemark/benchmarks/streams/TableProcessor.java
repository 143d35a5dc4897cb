package io.tidemark.benchmarks.streams;

import org.apache.kafka.streams.processor.api.ContextualProcessor;
import org.apache.kafka.streams.processor.api.Record;
import org.apache.kafka.streams.state.KeyValueStore;

/** Keeps the rows of the table. */
final class TableProcessor extends ContextualProcessor<byte[], byte[], Void, Void> {
  private final String storeName;

  TableProcessor(String storeName) {
    this.storeName = storeName;
  }

  @Override
  public void process(Record<byte[], byte[]> row) {
    KeyValueStore<byte[], byte[]> store = context().getStateStore(storeName);
    store.put(row.key(), row.value());
  }
}
