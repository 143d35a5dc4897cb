package io.tidemark.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What every serde of Tidemark keeps, tried with random objects and random bytes. A failure names
 * the seed; {@code -Dtidemark.seed=...} repeats it, {@code -Dtidemark.rounds=...} tries more.
 */
@Timeout(120) // hostile bytes must not make a serde run for long
public abstract class SerdeContract<T> {
  private static final int ROUNDS = 2_000;
  private static final String HOSTILE = "\"\\[]{},:1-e.u0\u0000\ud800 null";

  private final long seed = Long.getLong("tidemark.seed", System.nanoTime());
  private final Random random = new Random(seed);

  /** A new serde under test. */
  protected abstract Serde<T> serde();

  /** A random object, often one from the edge of what there is. */
  protected abstract T object(Random source);

  /** An equal object made in another way, so far as there is one. */
  protected T equalObject(T object) {
    return object;
  }

  /** The order of the serialized objects; null if it is not promised. */
  protected @Nullable Comparator<T> order() {
    return null;
  }

  @Test
  public void whatIsWrittenIsReadAgain() {
    repeat(
        () -> {
          T object = object(random);
          byte[] bytes = serde().toBytes(object);
          assertThat(serde().fromBytes(bytes)).isEqualTo(object);
          assertThat(serde().toBytes(serde().fromBytes(bytes))).isEqualTo(bytes);
        });
  }

  @Test
  public void equalObjectsHaveEqualBytes() {
    repeat(
        () -> {
          T object = object(random);
          T equal = equalObject(object);
          assertThat(equal).isEqualTo(object);
          assertThat(serde().toBytes(equal)).isEqualTo(serde().toBytes(object));
        });
  }

  @Test
  public void bytesAreInTheOrderOfTheObjects() {
    Comparator<T> order = order();
    if (order == null) {
      return;
    }
    repeat(
        () -> {
          T one = object(random);
          T other = random.nextInt(8) == 0 ? one : object(random);
          assertThat(
                  Integer.signum(
                      Arrays.compareUnsigned(serde().toBytes(one), serde().toBytes(other))))
              .as("%s and %s", one, other)
              .isEqualTo(Integer.signum(order.compare(one, other)));
        });
  }

  @Test
  public void whatIsWrittenDelimitsItself() {
    if (!(serde() instanceof OrderedSerde<T> ordered)) {
      return;
    }
    repeat(
        () -> {
          T one = object(random);
          T other = object(random);
          BytesBuilder bytes = new BytesBuilder();
          ordered.write(one, bytes);
          ordered.write(other, bytes);
          bytes.putByte(0xff);
          ByteBuffer buffer = ByteBuffer.wrap(bytes.toBytes());
          assertThat(ordered.read(buffer)).isEqualTo(one);
          assertThat(ordered.read(buffer)).isEqualTo(other);
          assertThat(buffer.remaining()).isEqualTo(1);
        });
  }

  @Test
  public void hostileBytesAreReadAsSomethingOrRefused() {
    repeat(() -> readOrRefuse(hostile(random)));
  }

  @Test
  public void aDeclaredLengthIsNotBelievedBeforeTheBytesAreThere() {
    for (int length : new int[] {0x7fffffff, 0x7ffffff0, 0x40000000, 0x10000000, -1}) {
      for (int at = 0; at < 12; at++) {
        byte[] plain = withNumber(at, length, false);
        byte[] zigzag = withNumber(at, length, true);
        readOrRefuse(plain);
        readOrRefuse(zigzag);
      }
    }
  }

  @Test
  public void jsonTextStandsForTheSameObject() {
    if (!(serde() instanceof JsonText<?>)) {
      return;
    }
    repeat(
        () -> {
          T object = object(random);
          String json = text().toJson(object);
          assertThat(json).doesNotContain("\n");
          assertThat(text().fromJson(json)).as(json).isEqualTo(object);
          assertThat(text().fromJson(" \n" + json + "\t")).as(json).isEqualTo(object);
        });
  }

  @Test
  public void hostileJsonIsReadAsSomethingOrRefused() {
    if (!(serde() instanceof JsonText<?>)) {
      return;
    }
    repeat(
        () -> {
          StringBuilder json = new StringBuilder(text().toJson(object(random)));
          for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(json.length() + 1);
            json.insert(at, HOSTILE.charAt(random.nextInt(HOSTILE.length())));
            if (random.nextBoolean()) {
              json.deleteCharAt(random.nextInt(json.length()));
            }
          }
          try {
            text().fromJson(json.toString());
          } catch (SerializationException e) {
            assertThat(e.code()).isEqualTo("TM-4503");
          }
        });
  }

  @Test
  public void nullStaysNull() {
    assertThat(serde().toBytes(null)).isNull();
    assertThat(serde().fromBytes(null)).isNull();
  }

  @Test
  public void itReadsWhatOneOfItsOwnSchemaWrites() {
    assertThat(serde().reads(serde().schema())).isTrue();
    assertThat(serde().reads("something/else")).isFalse();
  }

  /** What can be read can be written and read again; what cannot is refused by its code. */
  private void readOrRefuse(byte[] bytes) {
    byte[] given = bytes.clone();
    T read;
    try {
      read = serde().fromBytes(bytes);
    } catch (SerializationException e) {
      assertThat(e.code()).isEqualTo("TM-4501");
      return;
    } finally {
      assertThat(bytes).isEqualTo(given);
    }
    byte[] again = serde().toBytes(read);
    assertThat(serde().toBytes(serde().fromBytes(again))).isEqualTo(again);
  }

  private byte[] hostile(Random source) {
    byte[] bytes = serde().toBytes(object(source));
    switch (source.nextInt(4)) {
      case 0 -> {
        bytes = new byte[source.nextInt(64)];
        source.nextBytes(bytes);
      }
      case 1 -> bytes = Arrays.copyOf(bytes, source.nextInt(bytes.length + 1));
      case 2 -> bytes = Arrays.copyOf(bytes, bytes.length + 1 + source.nextInt(8));
      default -> {
        for (int i = source.nextInt(4); i >= 0 && bytes.length > 0; i--) {
          bytes[source.nextInt(bytes.length)] = (byte) source.nextInt(256);
        }
      }
    }
    return bytes;
  }

  /** An object's bytes with a number of variable length in them, as formats declare lengths. */
  private byte[] withNumber(int at, int number, boolean zigzag) {
    byte[] bytes = serde().toBytes(object(random));
    BytesBuilder changed = new BytesBuilder();
    int begin = Math.min(at, bytes.length);
    changed.putBytes(Arrays.copyOf(bytes, begin));
    long rest = zigzag ? ((long) number << 1) ^ ((long) number >> 63) : number & 0xffffffffL;
    for (; rest > 0x7f; rest >>>= 7) {
      changed.putByte((int) (rest & 0x7f | 0x80));
    }
    changed.putByte((int) rest);
    changed.putBytes(Arrays.copyOfRange(bytes, begin, bytes.length));
    return changed.toBytes();
  }

  @SuppressWarnings("unchecked") // a serde has the text of what it reads and writes
  private JsonText<T> text() {
    return (JsonText<T>) serde();
  }

  private void repeat(Runnable round) {
    for (int i = 0; i < rounds(); i++) {
      try {
        round.run();
      } catch (RuntimeException | Error e) {
        throw new AssertionError("repeat with -Dtidemark.seed=" + seed + ": " + e, e);
      }
    }
  }

  /** How often each property is tried. */
  protected int rounds() {
    return Integer.getInteger("tidemark.rounds", ROUNDS);
  }
}
