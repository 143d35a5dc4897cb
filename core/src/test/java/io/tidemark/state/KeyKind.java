package io.tidemark.state;

import io.tidemark.api.BytesSerde;
import io.tidemark.api.FirstOfTuple;
import io.tidemark.api.LongSerde;
import io.tidemark.api.OrderedLongSerde;
import io.tidemark.api.PartitioningKey;
import io.tidemark.api.Serde;
import io.tidemark.api.StringSerde;
import io.tidemark.api.Tuple;
import io.tidemark.api.TupleSerde;
import io.tidemark.api.UUIDSerde;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Keys of one kind, to test stores with.
 *
 * @param name a name for a store of them
 * @param partitioningKey which part of the key decides its slot; null if all of it
 * @param splittable whether a store of them goes by slot
 * @param inOrder {@value #RANKS} keys, in the order of their serialized bytes
 * @param random makes one of few enough that some are hit again and again
 */
record KeyKind<K>(
    String name,
    Serde<K> serde,
    @Nullable PartitioningKey<K> partitioningKey,
    boolean splittable,
    List<K> inOrder,
    Function<Random, K> random) {

  /** How many keys of each kind are given in their order. */
  static final int RANKS = 8;

  private static final List<byte[]> BYTES =
      List.of(
          new byte[] {},
          new byte[] {0},
          new byte[] {0, 0},
          new byte[] {1},
          new byte[] {1, -1},
          new byte[] {127},
          new byte[] {-128},
          new byte[] {-1, -1});

  /** One of each serde whose keys a store may have. */
  static final List<KeyKind<?>> SERDES =
      List.of(
          whole(
              "strings",
              new StringSerde(),
              List.of("", "a", "a\0", "ab", "b", "ba", "z", "\u00e4"),
              KeyKind::text),
          whole(
              "longs",
              new LongSerde(),
              List.of(0L, 1L, 2L, 255L, 256L, Long.MAX_VALUE, Long.MIN_VALUE, -1L),
              KeyKind::number),
          whole(
              "ordered-longs",
              new OrderedLongSerde(),
              List.of(Long.MIN_VALUE, -256L, -1L, 0L, 1L, 255L, 256L, Long.MAX_VALUE),
              KeyKind::number),
          whole("bytes", new BytesSerde(), BYTES, KeyKind::bytes),
          whole(
              "tuples",
              TupleSerde.of(new StringSerde(), new OrderedLongSerde()),
              List.of(
                  Tuple.of("", -1L),
                  Tuple.of("a", -7L),
                  Tuple.of("a", 0L),
                  Tuple.of("a", 7L),
                  Tuple.of("a\0", -5L),
                  Tuple.of("b", -1L),
                  Tuple.of("ba", -1L),
                  Tuple.of("z", Long.MAX_VALUE)),
              KeyKind::tuple),
          whole(
              "uuids",
              new UUIDSerde(),
              List.of(
                  new UUID(0, 0),
                  new UUID(0, 1),
                  new UUID(0, -1),
                  new UUID(1, 0),
                  new UUID(Long.MAX_VALUE, 5),
                  new UUID(Long.MIN_VALUE, 0),
                  new UUID(-1, 0),
                  new UUID(-1, -1)),
              random -> new UUID(random.nextInt(3) - 1, number(random))));

  /** Keys whose slots follow from something else than all their bytes. */
  static final List<KeyKind<?>> PARTITIONED =
      List.of(
          new KeyKind<>(
              "of-the-task",
              new StringSerde(),
              null,
              false,
              List.of("", "a", "b", "c", "d", "e", "f", "g"),
              KeyKind::text),
          new KeyKind<>("last-byte", new BytesSerde(), lastByte(), true, BYTES, KeyKind::bytes),
          new KeyKind<>("first-byte", new BytesSerde(), firstByte(), true, BYTES, KeyKind::bytes),
          new KeyKind<>(
              "first-of-tuple",
              TupleSerde.of(new StringSerde(), new OrderedLongSerde()),
              new FirstOfTuple(),
              true,
              List.of(
                  Tuple.of("", -1L),
                  Tuple.of("a", -7L),
                  Tuple.of("a", 0L),
                  Tuple.of("a", 7L),
                  Tuple.of("b", -1L),
                  Tuple.of("c", 0L),
                  Tuple.of("d", 0L),
                  Tuple.of("e", 0L)),
              KeyKind::tuple));

  private static <K> KeyKind<K> whole(
      String name, Serde<K> serde, List<K> inOrder, Function<Random, K> random) {
    return new KeyKind<>(name, serde, null, true, inOrder, random);
  }

  private static PartitioningKey<byte[]> lastByte() {
    return (key, bytes) -> bytes.length == 0 ? bytes : new byte[] {bytes[bytes.length - 1]};
  }

  private static PartitioningKey<byte[]> firstByte() {
    return new PartitioningKey<>() {
      @Override
      public byte[] of(byte[] key, byte[] bytes) {
        return Arrays.copyOf(bytes, Math.min(1, bytes.length));
      }

      @Override
      public byte @Nullable [] ofPrefix(byte[] prefix, Serde<byte[]> serde) {
        return prefix.length == 0 ? null : Arrays.copyOf(prefix, 1);
      }
    };
  }

  private static byte[] bytes(Random random) {
    byte[] key = new byte[random.nextInt(4)];
    for (int i = 0; i < key.length; i++) {
      key[i] = (byte) (random.nextInt(3) == 0 ? 0 : random.nextInt(256));
    }
    return key;
  }

  private static String text(Random random) {
    StringBuilder key = new StringBuilder();
    for (int i = random.nextInt(4); i > 0; i--) {
      key.append((char) (random.nextInt(3) == 0 ? 0 : random.nextInt(0x300)));
    }
    return key.toString();
  }

  private static long number(Random random) {
    return random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(40) - 20;
  }

  private static Tuple tuple(Random random) {
    return Tuple.of(random.nextInt(3) == 0 ? text(random) : "a", number(random));
  }

  /** The key of that rank, from 0; null for a null rank. */
  @Nullable K key(@Nullable Integer rank) {
    return rank == null ? null : inOrder.get(rank);
  }

  /** The rank of a key. */
  int rank(K key) {
    byte[] bytes = serde.toBytes(key);
    for (int rank = 0; rank < inOrder.size(); rank++) {
      if (Arrays.equals(bytes, serde.toBytes(inOrder.get(rank)))) {
        return rank;
      }
    }
    throw new AssertionError("a key that is none of these: " + key);
  }

  @Override
  public String toString() {
    return name;
  }
}
