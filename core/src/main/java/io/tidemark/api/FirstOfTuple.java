package io.tidemark.api;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The first part of a tuple as the {@link PartitioningKey} of a store, for an input that is
 * partitioned by it: {@code stores.<s>.partitioning.key=io.tidemark.api.FirstOfTuple}.
 *
 * <p>Its bytes are those of the part's plain serde, with which the input's keys must have been
 * written: {@code string}, {@code integer}, {@code long}, {@code double} or {@code uuid}. If they
 * were written otherwise, as by Kafka's own serializer of UUIDs, which writes text, a class of
 * one's own has to say how.
 */
public final class FirstOfTuple implements PartitioningKey<Tuple> {
  private final StringSerde strings = new StringSerde();
  private final IntegerSerde integers = new IntegerSerde();
  private final LongSerde longs = new LongSerde();
  private final DoubleSerde doubles = new DoubleSerde();
  private final UUIDSerde uuids = new UUIDSerde();

  /** Called by whoever reads the configuration. */
  public FirstOfTuple() {}

  @Override
  public byte[] of(Tuple key, byte[] bytes) {
    return of(key.get(0));
  }

  @Override
  public byte @Nullable [] ofPrefix(byte[] prefix, Serde<Tuple> serde) {
    Object first = serde instanceof TupleSerde tuples ? tuples.firstOf(prefix) : null;
    return first == null ? null : of(first);
  }

  private byte[] of(Object first) {
    byte[] found = null;
    if (first instanceof String string) {
      found = strings.toBytes(string);
    } else if (first instanceof Long number) {
      found = longs.toBytes(number);
    } else if (first instanceof Integer number) {
      found = integers.toBytes(number);
    } else if (first instanceof Double number) {
      found = doubles.toBytes(number);
    } else if (first instanceof UUID uuid) {
      found = uuids.toBytes(uuid);
    }
    if (found == null) {
      throw SerializationException.unwritable(
          "FirstOfTuple does not know by which bytes of a "
              + first.getClass().getName()
              + " the input is partitioned; name a PartitioningKey of your own");
    }
    return found;
  }
}
