package io.tidemark.api;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Nested;

class SerdesContractTest {
  private static final Comparator<String> BY_CODE_POINTS =
      (one, other) -> Arrays.compare(one.codePoints().toArray(), other.codePoints().toArray());
  private static final Comparator<UUID> BY_TEXT = Comparator.comparing(UUID::toString);

  @Nested
  class Bytes extends SerdeContract<byte[]> {
    @Override
    protected Serde<byte[]> serde() {
      return new BytesSerde();
    }

    @Override
    protected byte[] object(Random source) {
      return RandomValues.bytes(source);
    }

    @Override
    protected Comparator<byte[]> order() {
      return Arrays::compareUnsigned;
    }
  }

  @Nested
  class Strings extends SerdeContract<String> {
    @Override
    protected Serde<String> serde() {
      return new StringSerde();
    }

    @Override
    protected String object(Random source) {
      return RandomValues.string(source);
    }

    @Override
    protected Comparator<String> order() {
      return BY_CODE_POINTS;
    }
  }

  @Nested
  class Uuids extends SerdeContract<UUID> {
    @Override
    protected Serde<UUID> serde() {
      return new UUIDSerde();
    }

    @Override
    protected UUID object(Random source) {
      return RandomValues.uuid(source);
    }

    @Override
    protected Comparator<UUID> order() {
      return BY_TEXT;
    }
  }

  @Nested
  class Integers extends SerdeContract<Integer> {
    @Override
    protected Serde<Integer> serde() {
      return new IntegerSerde();
    }

    @Override
    protected Integer object(Random source) {
      return RandomValues.intValue(source);
    }

    @Override
    protected Comparator<Integer> order() {
      return Integer::compareUnsigned;
    }
  }

  @Nested
  class Longs extends SerdeContract<Long> {
    @Override
    protected Serde<Long> serde() {
      return new LongSerde();
    }

    @Override
    protected Long object(Random source) {
      return RandomValues.longValue(source);
    }

    @Override
    protected Comparator<Long> order() {
      return Long::compareUnsigned;
    }
  }

  @Nested
  class Doubles extends SerdeContract<Double> {
    @Override
    protected Serde<Double> serde() {
      return new DoubleSerde();
    }

    @Override
    protected Double object(Random source) {
      return RandomValues.doubleValue(source);
    }
  }

  @Nested
  class OrderedIntegers extends SerdeContract<Integer> {
    @Override
    protected Serde<Integer> serde() {
      return new OrderedIntegerSerde();
    }

    @Override
    protected Integer object(Random source) {
      return RandomValues.intValue(source);
    }

    @Override
    protected Comparator<Integer> order() {
      return Comparator.naturalOrder();
    }
  }

  @Nested
  class OrderedLongs extends SerdeContract<Long> {
    @Override
    protected Serde<Long> serde() {
      return new OrderedLongSerde();
    }

    @Override
    protected Long object(Random source) {
      return RandomValues.longValue(source);
    }

    @Override
    protected Comparator<Long> order() {
      return Comparator.naturalOrder();
    }
  }

  @Nested
  class OrderedDoubles extends SerdeContract<Double> {
    @Override
    protected Serde<Double> serde() {
      return new OrderedDoubleSerde();
    }

    @Override
    protected Double object(Random source) {
      return RandomValues.doubleValue(source);
    }

    @Override
    protected Comparator<Double> order() {
      return Comparator.naturalOrder();
    }
  }

  /** Tuples of everything, with a tuple in the middle. */
  @Nested
  class Tuples extends SerdeContract<Tuple> {
    @Override
    protected Serde<Tuple> serde() {
      return TupleSerde.of(
          new StringSerde(),
          new OrderedLongSerde(),
          TupleSerde.of(new UUIDSerde(), new StringSerde()),
          new OrderedDoubleSerde(),
          new OrderedIntegerSerde(),
          new StringSerde());
    }

    @Override
    protected Tuple object(Random source) {
      boolean alike = source.nextBoolean(); // so that later parts decide
      return Tuple.of(
          alike ? "a" : RandomValues.string(source),
          alike ? 7L : RandomValues.longValue(source),
          Tuple.of(
              alike ? new UUID(-1, 1) : RandomValues.uuid(source), RandomValues.string(source)),
          RandomValues.doubleValue(source),
          RandomValues.intValue(source),
          RandomValues.string(source));
    }

    @Override
    protected Tuple equalObject(Tuple object) {
      return Tuple.of(object.parts().toArray());
    }

    @Override
    protected Comparator<Tuple> order() {
      return Comparator.comparing((Tuple tuple) -> tuple.get(0, String.class), BY_CODE_POINTS)
          .thenComparing(tuple -> tuple.get(1, Long.class))
          .thenComparing(tuple -> tuple.get(2, Tuple.class).get(0, UUID.class), BY_TEXT)
          .thenComparing(tuple -> tuple.get(2, Tuple.class).get(1, String.class), BY_CODE_POINTS)
          .thenComparing(tuple -> tuple.get(3, Double.class))
          .thenComparing(tuple -> tuple.get(4, Integer.class))
          .thenComparing(tuple -> tuple.get(5, String.class), BY_CODE_POINTS);
    }
  }
}
