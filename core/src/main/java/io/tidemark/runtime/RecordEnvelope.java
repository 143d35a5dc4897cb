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
  private final boolean stamped;

  /**
   * @param stamped whether a stamp is to be hidden
   */
  RecordEnvelope(
      RecordBatch batch,
      int index,
      @Nullable Object key,
      @Nullable Object message,
      boolean stamped) {
    super(batch.partition(), null, key, message, batch.timestamp(index));
    this.batch = batch;
    this.index = index;
    this.stamped = stamped;
  }

  @Override
  public String getOffset() {
    return batch.offset(index);
  }

  @Override
  public List<Header> getHeaders() {
    List<Header> headers = batch.headers(index);
    return stamped ? Stamp.without(headers) : headers;
  }
}
