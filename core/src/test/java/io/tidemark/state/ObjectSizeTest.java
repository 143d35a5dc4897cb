package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ObjectSizeTest {
  private record Point(int x, int y, @Nullable String name) {}

  private record Path(List<Point> points, Map<String, Long> counts) {}

  static Stream<Arguments> kinds() {
    IntFunction<Object> path =
        i ->
            new Path(
                new ArrayList<>(
                    List.of(new Point(i, 2, "first " + i), new Point(3, i, "next" + i))),
                new HashMap<>(Map.of("a" + i, 1_000L + i, "b" + i, 2_000L + i)));
    return Stream.of(
        kind("strings", i -> "a string of some length, number " + i),
        kind("longs", i -> 1_000_000L + i),
        kind("bytes", i -> new byte[i % 200]),
        kind("uuids", i -> new UUID(i, i)),
        kind("records", i -> new Point(i, i, "point " + i)),
        kind("long arrays", i -> new long[20]),
        kind("records with collections", path));
  }

  private static Arguments kind(String name, IntFunction<Object> maker) {
    return Arguments.of(name, maker);
  }

  /** Against what the heap has less afterwards; some per cent of it is the garbage collector's. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("kinds")
  void aSizeIsNearWhatTheHeapGives(String name, IntFunction<Object> maker) {
    int count = 100_000;
    Object[] made = new Object[count];
    long before = used();
    Arrays.setAll(made, maker);
    long taken = used() - before;
    long told = 0;
    for (Object object : made) {
      told += ObjectSize.of(object);
    }
    assertThat((double) told / taken).as("%d told, %d taken", told, taken).isBetween(0.7, 1.4);
  }

  private static long used() {
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      least =
          Math.min(least, Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory());
    }
    return least;
  }
}
