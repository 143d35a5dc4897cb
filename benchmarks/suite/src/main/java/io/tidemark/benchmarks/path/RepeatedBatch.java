package io.tidemark.benchmarks.path;

import io.tidemark.api.Header;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.system.RecordBatch;
import java.util.List;

/**
 * Records that were made beforehand, at an offset of their own. Immutable.
 *
 * @param from the first record's offset
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record RepeatedBatch(SystemStreamPartition partition, byte[][] keys, byte[][] messages, long from)
    implements RecordBatch {

  @Override
  public int size() {
    return keys.length;
  }

  @Override
  public byte[] key(int index) {
    return keys[index];
  }

  @Override
  public byte[] value(int index) {
    return messages[index];
  }

  @Override
  public long timestamp(int index) {
    return 1;
  }

  @Override
  public List<Header> headers(int index) {
    return List.of();
  }

  @Override
  public String offset(int index) {
    return Long.toString(from + index);
  }

  @Override
  public String offsetAfter(int index) {
    return Long.toString(from + index + 1);
  }
}
