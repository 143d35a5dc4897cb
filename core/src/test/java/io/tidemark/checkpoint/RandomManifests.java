package io.tidemark.checkpoint;

import io.tidemark.api.Partition;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.journal.StoreIdentity;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;

/** Draws manifests of every shape, sense or no sense. */
final class RandomManifests {
  private static final String LETTERS = "az09- \"\\/\u0001\n\u00e9\u4e2d\ud83c\udf0a\ud800";

  private final Random random;

  RandomManifests(Random random) {
    this.random = random;
  }

  CheckpointManifest draw() {
    return new CheckpointManifest(
        text(),
        1 + number(),
        random.nextBoolean() ? "" : text(),
        Trigger.values()[random.nextInt(Trigger.values().length)],
        new Timeline(
            1 + random.nextInt(Integer.MAX_VALUE),
            text(),
            list(
                () ->
                    new Timeline.StagePlan(
                        text(),
                        1 + small(),
                        1 + random.nextInt(9),
                        1 + small(),
                        list(this::repeat))),
            list(() -> new Timeline.Origin(1 + small(), number()))),
        number(),
        number(),
        list(this::task));
  }

  private Timeline.Repeat repeat() {
    return new Timeline.Repeat(
        new SystemStreamPartition(text(), text(), new Partition(small())),
        1 + small(),
        1 + small(),
        small(),
        text());
  }

  TaskManifest task() {
    Map<SystemStreamPartition, String> positions = new HashMap<>();
    list(() -> new SystemStreamPartition(text(), text(), new Partition(small())))
        .forEach(input -> positions.put(input, text()));
    return new TaskManifest(
        new TaskName(text(), small()),
        1 + small(),
        1 + small(),
        1 + small(),
        number(),
        number(),
        random.nextLong(),
        positions,
        list(() -> new StoreIdentity(text(), small(), text(), text(), text(), list(this::text))),
        list(() -> new EngineManifest(text(), number(), list(this::file), digests())),
        list(() -> new SegmentRef(number(), number(), number(), hash(), text(), number())),
        new TaskManifest.Work(number(), small(), small(), number(), number()));
  }

  private FileRef file() {
    return new FileRef(text(), number(), hash(), text(), number());
  }

  private Map<String, Map<Integer, SlotDigest>> digests() {
    Map<String, Map<Integer, SlotDigest>> digests = new HashMap<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      Map<Integer, SlotDigest> slots = new HashMap<>();
      for (int j = random.nextInt(4); j > 0; j--) {
        slots.put(
            random.nextInt(0x10000),
            new SlotDigest(number(), random.nextLong(), random.nextLong()));
      }
      digests.put(text(), slots);
    }
    return digests;
  }

  private <T> List<T> list(Supplier<T> element) {
    List<T> list = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      list.add(element.get());
    }
    return list;
  }

  private String hash() {
    byte[] bytes = new byte[32];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  private long number() {
    return random.nextInt(5) == 0 ? random.nextLong() >>> 2 : random.nextInt(100);
  }

  private int small() {
    return random.nextInt(5) == 0 ? random.nextInt() >>> 2 : random.nextInt(100);
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      text.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
    }
    return text.toString();
  }
}
