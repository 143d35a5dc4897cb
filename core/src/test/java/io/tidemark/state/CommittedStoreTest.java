package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.journal.Block;
import io.tidemark.journal.BlockBuilder;
import io.tidemark.journal.BlockEncoder;
import io.tidemark.state.EngineReader.Direction;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random blocks, of which an engine has some and the rest lie over it, against a map of all of
 * them.
 */
class CommittedStoreTest {
  private static final long NOW = 1_000;
  private static final Slots SLOTS = new Slots(6, 3, 1);
  private static final int KEYS = 40;

  private final BlockBuilder builder = new BlockBuilder();
  private final BlockEncoder encoder = new BlockEncoder(1 << 20);
  private final TreeMap<byte[], byte[]> model = new TreeMap<>(Arrays::compareUnsigned);

  /** What an engine would have left on disk. */
  private record Files(EngineSnapshot snapshot) implements EngineFiles {
    @Override
    public long approximateEntries(int store) {
      return 0;
    }

    @Override
    public EngineCommit commit() {
      return snapshot.commit();
    }

    @Override
    public byte @Nullable [] get(int store, byte[] key) {
      return snapshot.get(store, key);
    }

    @Override
    public EngineIterator scan(int store, byte[] from, byte @Nullable [] to, Direction direction) {
      return snapshot.scan(store, from, to, direction);
    }

    @Override
    public void close() {
      snapshot.close();
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void what_an_engine_has_and_what_came_later_is_what_all_blocks_say(long seed) {
    Random random = new Random(seed);
    List<Block> blocks = new ArrayList<>();
    for (int number = 1; number <= 12; number++) {
      blocks.add(block(number, random));
    }
    int applied = random.nextInt(blocks.size() + 1);
    boolean withFiles = random.nextInt(4) > 0;
    MemoryEngine engine = new MemoryEngine(1);
    if (withFiles && applied > 0) {
      engine.apply(
          new ChangeMerge(blocks.subList(0, applied), Map.of("store", 0)),
          new EngineCommit(applied, 0));
    }
    EngineFiles files = withFiles ? new Files(engine.snapshot()) : null;
    try (CommittedStore store =
        new CommittedStore("store", files, () -> new MemoryEngine(1), KeyRange.ALL, NOW)) {
      blocks.subList(withFiles ? applied : 0, blocks.size()).forEach(store::add);

      assertSame(store, random);
    }
  }

  private void assertSame(CommittedStore store, Random random) {
    model.values().removeIf(value -> StoredValue.expires(value) <= NOW);
    assertThat(texts(store.all())).isEqualTo(model.keySet().stream().map(this::text).toList());
    for (int i = 0; i < 20; i++) {
      KeyRange range = range(random);
      List<String> forward = expected(range);
      assertThat(texts(store.scan(range, SLOTS, Direction.FORWARD))).isEqualTo(forward);
      List<String> backward = new ArrayList<>(forward);
      Collections.reverse(backward);
      assertThat(texts(store.scan(range, SLOTS, Direction.BACKWARD))).isEqualTo(backward);
    }
    for (int i = 0; i < KEYS; i++) {
      byte[] key = {(byte) i};
      StoredEntry found = store.get(key, key, SLOTS);
      byte[] engineKey = Slots.engineKey(SLOTS.of(key), key);
      assertThat(found == null ? null : text(found))
          .isEqualTo(model.containsKey(engineKey) ? text(engineKey) : null);
    }
    assertThat(store.usedSlots(SLOTS))
        .isEqualTo(
            model.keySet().stream().map(key -> key[0] << 8 | key[1] & 0xff).distinct().count());
  }

  private static KeyRange range(Random random) {
    if (random.nextInt(5) == 0) {
      return KeyRange.prefix(new byte[] {(byte) random.nextInt(KEYS)});
    }
    int from = random.nextInt(KEYS);
    byte[] to = random.nextInt(4) == 0 ? null : new byte[] {(byte) (from + random.nextInt(KEYS))};
    return new KeyRange(new byte[] {(byte) from}, to);
  }

  private List<String> expected(KeyRange range) {
    Stream<byte[]> within =
        model.keySet().stream().filter(key -> range.contains(key, 2, key.length));
    return within.sorted(KeyOrder.WITHIN_SLOTS).map(this::text).toList();
  }

  private static List<String> texts(CommittedStore.Entries entries) {
    List<String> texts = new ArrayList<>();
    try (entries) {
      for (StoredEntry next = entries.next(); next != null; next = entries.next()) {
        texts.add(text(next));
      }
    }
    return texts;
  }

  private static String text(StoredEntry entry) {
    byte[] engineKey = Slots.engineKey(entry.slot(), entry.key());
    return Arrays.toString(engineKey)
        + Arrays.toString(entry.value())
        + entry.schema()
        + entry.expires();
  }

  private String text(byte[] engineKey) {
    byte[] stored = model.get(engineKey);
    return Arrays.toString(engineKey)
        + Arrays.toString(StoredValue.payload(stored))
        + StoredValue.schema(stored)
        + StoredValue.expires(stored);
  }

  private Block block(int number, Random random) {
    Map<Integer, byte @Nullable []> changes = new HashMap<>();
    for (int i = random.nextInt(15); i > 0; i--) {
      changes.put(random.nextInt(KEYS), random.nextInt(3) == 0 ? null : value(random));
    }
    builder.begin(number, 1, 0, "writer", new UUID(1, 2));
    builder.beginStore("other", 1);
    builder.change(Slots.engineKey(1, new byte[] {0}), value(random));
    builder.endStore();
    builder.beginStore("store", changes.size());
    changes.forEach(
        (key, value) -> {
          byte[] bytes = {key.byteValue()};
          byte[] engineKey = Slots.engineKey(SLOTS.of(bytes), bytes);
          builder.change(engineKey, value);
          if (value == null) {
            model.remove(engineKey);
          } else {
            model.put(engineKey, value);
          }
        });
    builder.endStore();
    return builder.build(encoder).block();
  }

  private static byte[] value(Random random) {
    byte[] payload = new byte[random.nextInt(4)];
    random.nextBytes(payload);
    long expires = random.nextBoolean() ? StoredValue.NEVER : NOW - 2 + random.nextInt(5);
    return StoredValue.of(random.nextInt(3), expires, payload);
  }
}
