package io.tidemark.systems.kafka;

import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.SystemProducer;

/** Writes to topics outside of transactions; idempotent, so that retries repeat nothing. */
record KafkaSystemProducer(RecordSender sender) implements SystemProducer {

  @Override
  public void send(OutgoingRecord record) {
    sender.send(record);
  }

  @Override
  public void flush() {
    sender.flush();
  }

  @Override
  public void close() {
    sender.close();
  }
}
