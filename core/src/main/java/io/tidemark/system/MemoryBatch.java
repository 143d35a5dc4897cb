package io.tidemark.system;

import io.tidemark.api.Header;
import io.tidemark.api.SystemStreamPartition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records that a poll of the memory system returned. */
record MemoryBatch(SystemStreamPartition partition, List<MemoryRecord> records)
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
    return records.get(index).timestamp();
  }

  @Override
  public List<Header> headers(int index) {
    return records.get(index).headers();
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
