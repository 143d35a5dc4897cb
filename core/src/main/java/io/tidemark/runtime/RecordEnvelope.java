package io.tidemark.runtime;

import io.tidemark.api.Header;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.system.RecordBatch;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** An envelope over a record of a batch; what few tasks ask for is made when they do. */
final class RecordEnvelope extends IncomingMessageEnvelope {
  private final RecordBatch batch;
  private final int index;

  RecordEnvelope(RecordBatch batch, int index, @Nullable Object key, @Nullable Object message) {
    super(batch.partition(), null, key, message, batch.timestamp(index));
    this.batch = batch;
    this.index = index;
  }

  @Override
  public String getOffset() {
    return batch.offset(index);
  }

  @Override
  public List<Header> getHeaders() {
    return batch.headers(index);
  }
}
