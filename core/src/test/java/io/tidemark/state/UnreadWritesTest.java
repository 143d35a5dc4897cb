package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockBuilder;
import io.tidemark.journal.BlockEncoder;
import io.tidemark.journal.StoreChanges;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class UnreadWritesTest {
  private final long seed = Long.getLong("tidemark.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final BlockBuilder builder = new BlockBuilder();
  private final BlockEncoder encoder = new BlockEncoder(1 << 20);
  private final ObjectCache cache = new ObjectCache(1 << 20);
  private final Store store = new Store();
  private final UnreadWrites writes = new UnreadWrites(store, cache);

  /** The last write of a key; its commit is 0 before its block. */
  private record Write(byte @Nullable [] stored, long commit) {}

  private static final class Store implements ObjectCache.Owner {
    long applied;

    @Override
    public int task() {
      return 1;
    }

    @Override
    public int store() {
      return 1;
    }

    @Override
    public long appliedCommit() {
      return applied;
    }
  }

  /** A key of a table's row in which many fall together. */
  private record Key(int number) {
    @Override
    public int hashCode() {
      return number / 3;
    }

    byte[] bytes() {
      return ByteBuffer.allocate(6 + number % 5).putInt(2, number).array();
    }
  }

  @Test
  void whateverIsWrittenTakenBackCommittedAndAppliedTheLastWriteIsFound() {
    Map<Key, Write> model = new HashMap<>();
    long commit = 0;
    for (int step = 0; step < 40_000; step++) {
      Key key = new Key(random.nextInt(1_000));
      Write known = model.get(key);
      boolean open = known != null && known.commit == 0;
      switch (random.nextInt(40)) {
        case 0 -> {
          commit++;
          commitAll(model, commit);
        }
        case 1 -> {
          store.applied += random.nextLong(commit - store.applied + 1);
          model.values().removeIf(write -> write.commit > 0 && write.commit <= store.applied);
          if (random.nextBoolean()) {
            writes.applied(store.applied);
          }
        }
        case 2 -> {
          if (random.nextInt(30) == 0) {
            assertShowsAll(model);
          }
        }
        case 3, 4 -> {
          if (open) {
            writes.remove(key, writes.find(key, key.bytes()));
            model.remove(key);
          }
        }
        default -> {
          if (!open) {
            byte[] payload = random.nextInt(10) == 0 ? null : payload();
            writes.add(key, key.bytes(), new byte[] {7}, payload);
            model.put(key, new Write(payload == null ? null : withHeader(payload), 0));
          }
        }
      }
      assertFinds(key, model.get(key), step);
    }
  }

  @Test
  void theCacheIsChargedForThemUntilTheyAreApplied() {
    for (int i = 0; i < 5_000; i++) {
      Key key = new Key(i);
      writes.add(key, key.bytes(), new byte[] {7}, new byte[100]);
    }
    assertThat(cache.bytes()).isBetween(5_000L * 120, 5_000L * 300);
    long buffer = cache.bytes();
    commitAll(new HashMap<>(), 1);
    commitAll(new HashMap<>(), 2); // of nothing, so that the buffer is not kept
    writes.applied(0);
    assertThat(cache.bytes()).as("the bytes are those of the block").isLessThan(buffer / 2);
    assertThat(cache.bytes()).as("of the table").isGreaterThan(5_000L * 16);
    store.applied = 2;
    writes.applied(2);
    assertThat(cache.bytes()).isZero();
    assertThat(writes.isEmpty()).isTrue();
  }

  private byte[] payload() {
    byte[] payload =
        new byte[random.nextInt(50) == 0 ? random.nextInt(300_000) : random.nextInt(99)];
    random.nextBytes(payload);
    return payload;
  }

  private static byte[] withHeader(byte[] payload) {
    byte[] stored = new byte[payload.length + 1];
    stored[0] = 7;
    System.arraycopy(payload, 0, stored, 1, payload.length);
    return stored;
  }

  private void assertFinds(Key key, @Nullable Write expected, int step) {
    long place = writes.find(key, key.bytes());
    if (expected == null) {
      assertThat(place).as("seed %d, step %d", seed, step).isEqualTo(UnreadWrites.NOWHERE);
    } else {
      assertThat(place).as("seed %d, step %d", seed, step).isNotEqualTo(UnreadWrites.NOWHERE);
      assertThat(writes.stored(place))
          .as("seed %d, step %d", seed, step)
          .isEqualTo(expected.stored);
      assertThat(writes.commit(place))
          .as("seed %d, step %d", seed, step)
          .isEqualTo(expected.commit);
    }
  }

  /** The block has what was in none, each key once. */
  private void commitAll(Map<Key, Write> model, long commit) {
    Map<String, String> expected = new TreeMap<>();
    model.replaceAll(
        (key, write) -> {
          if (write.commit > 0) {
            return write;
          }
          expected.put(Arrays.toString(key.bytes()), Arrays.toString(write.stored));
          return new Write(write.stored, commit);
        });
    int count = writes.uncommitted();
    builder.begin(commit, 1, 0, "writer", new UUID(1, 2));
    builder.positions(Map.<SystemStreamPartition, String>of());
    builder.beginStore("store", count);
    writes.writeTo(builder);
    builder.endStore();
    Block block = builder.build(encoder).block();
    writes.committed(commit, block.stores().get(0));
    if (!model.isEmpty()) {
      assertThat(count).as("seed %d, commit %d", seed, commit).isEqualTo(expected.size());
      assertThat(changes(block)).as("seed %d, commit %d", seed, commit).isEqualTo(expected);
    }
    assertThat(writes.uncommitted()).isZero();
  }

  private static Map<String, String> changes(Block block) {
    Map<String, String> changes = new TreeMap<>();
    for (StoreChanges store : block.stores()) {
      StoreChanges.Cursor cursor = store.cursor();
      while (cursor.next()) {
        byte[] array = cursor.array();
        int keyEnd = cursor.keyOffset() + cursor.keyLength();
        byte[] value =
            cursor.valueLength() < 0
                ? null
                : Arrays.copyOfRange(
                    array, cursor.valueOffset(), cursor.valueOffset() + cursor.valueLength());
        changes.put(
            Arrays.toString(Arrays.copyOfRange(array, cursor.keyOffset(), keyEnd)),
            Arrays.toString(value));
      }
    }
    return changes;
  }

  private void assertShowsAll(Map<Key, Write> model) {
    Map<String, String> expected = new TreeMap<>();
    model.forEach(
        (key, write) ->
            expected.put(
                Arrays.toString(key.bytes()), Arrays.toString(write.stored) + write.commit));
    Map<String, String> shown = new TreeMap<>();
    writes.moveTo(
        (engineKey, stored, commit) ->
            shown.put(Arrays.toString(engineKey), Arrays.toString(stored) + commit));
    assertThat(shown).as("seed %d", seed).isEqualTo(expected);
    assertThat(writes.isEmpty()).isTrue();
    assertThat(cache.bytes()).isZero();
    model.clear();
  }
}
