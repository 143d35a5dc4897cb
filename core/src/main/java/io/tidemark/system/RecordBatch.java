package io.tidemark.system;

import io.tidemark.api.Header;
import io.tidemark.api.SystemStreamPartition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Records of one partition, in order. Immutable. Indexes are from 0 to {@link #size} - 1. */
public interface RecordBatch {

  /** Where the records were read. */
  SystemStreamPartition partition();

  /** How many records there are; at least one. */
  int size();

  /** The key's bytes; null if the record has none. */
  byte @Nullable [] key(int index);

  /** The message's bytes; null if the record has none. */
  byte @Nullable [] value(int index);

  /** Milliseconds since the epoch; 0 if the system has none. */
  long timestamp(int index);

  /** The record's headers, in order. */
  List<Header> headers(int index);

  /** The record's offset. */
  String offset(int index);

  /** The offset to start at in order to read what follows the record. */
  String offsetAfter(int index);
}
