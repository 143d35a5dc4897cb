package io.tidemark.api;

import java.util.Random;
import java.util.UUID;

/** Draws values for tests, often from the edge of what there is. */
public final class RandomValues {
  private RandomValues() {}

  /** A long: any number of bits, either sign, both ends. */
  public static long longValue(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> Long.MIN_VALUE + random.nextInt(2);
      case 1 -> Long.MAX_VALUE - random.nextInt(2);
      case 2 -> random.nextInt(5) - 2;
      default -> random.nextLong() >> random.nextInt(64);
    };
  }

  /** An integer, likewise. */
  public static int intValue(Random random) {
    return switch (random.nextInt(6)) {
      case 0 -> Integer.MIN_VALUE + random.nextInt(2);
      case 1 -> Integer.MAX_VALUE - random.nextInt(2);
      default -> random.nextInt() >> random.nextInt(32);
    };
  }

  /** A double: infinities, both zeros, subnormal ones, the one NaN. */
  public static double doubleValue(Random random) {
    double[] edges = {
      0.0,
      -0.0,
      Double.NaN,
      Double.MIN_VALUE,
      -Double.MIN_VALUE,
      Double.MAX_VALUE,
      -Double.MAX_VALUE,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY
    };
    return switch (random.nextInt(3)) {
      case 0 -> edges[random.nextInt(edges.length)];
      case 1 -> random.nextGaussian();
      default -> {
        double any = Double.longBitsToDouble(random.nextLong());
        yield Double.isNaN(any) ? Double.NaN : any;
      }
    };
  }

  /** A string of few characters of all planes, so that one often begins another; no half pairs. */
  public static String string(Random random) {
    int[] characters = {
      0, 1, 'a', 'b', '?', '"', '\\', 0x7f, 0xe4, 0x20ac, 0xfffd, 0xffff, 0x1f600
    };
    StringBuilder string = new StringBuilder();
    for (int i = random.nextInt(6); i > 0; i--) {
      string.appendCodePoint(characters[random.nextInt(characters.length)]);
    }
    return string.toString();
  }

  /** A UUID with both halves from the edges. */
  public static UUID uuid(Random random) {
    return new UUID(longValue(random), longValue(random));
  }

  /** Some bytes. */
  public static byte[] bytes(Random random) {
    byte[] bytes = new byte[random.nextInt(20)];
    random.nextBytes(bytes);
    return bytes;
  }
}
