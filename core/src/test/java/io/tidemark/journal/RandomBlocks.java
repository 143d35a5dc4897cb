package io.tidemark.journal;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Partition;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.journal.BlockBuilder.EncodedBlock;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Draws blocks, writes them, and compares what was read with what was drawn. */
final class RandomBlocks {
  static final UUID JOURNAL = new UUID(7, 11);
  private static final String LETTERS = "az09-\u00e9\u4e2d\ud83c\udf0a";

  private final Random random;
  private final BlockBuilder builder = new BlockBuilder();

  /** By the greatest length of a record; each for all blocks, as a worker has it. */
  private final Map<Integer, BlockEncoder> encoders = new HashMap<>();

  RandomBlocks(Random random) {
    this.random = random;
  }

  @SuppressWarnings("ArrayRecordComponent") // compared by hand
  record Change(byte[] key, byte @Nullable [] value) {}

  /** All that a block says. */
  record Content(
      long number,
      long generation,
      long timeMs,
      String writer,
      Block.@Nullable Opening opening,
      Map<SystemStreamPartition, String> positions,
      Block.Marks marks,
      Map<String, List<Change>> stores) {
    /** Without marks. */
    Content(
        long number,
        long generation,
        long timeMs,
        String writer,
        Block.@Nullable Opening opening,
        Map<SystemStreamPartition, String> positions,
        Map<String, List<Change>> stores) {
      this(number, generation, timeMs, writer, opening, positions, Block.Marks.NONE, stores);
    }
  }

  Content draw(long number, long generation, int mostBytes) {
    Block.Opening opening = random.nextInt(4) == 0 ? opening() : null;
    Map<SystemStreamPartition, String> positions = new LinkedHashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      positions.put(
          new SystemStreamPartition(text(), text(), new Partition(random.nextInt(1 << 20))),
          text());
    }
    Map<String, List<Change>> stores = new LinkedHashMap<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      List<Change> changes = new ArrayList<>();
      for (int j = random.nextInt(6); j > 0; j--) {
        changes.add(new Change(bytes(20), random.nextInt(4) == 0 ? null : bytes(mostBytes)));
      }
      stores.put(text() + i, changes);
    }
    Block.Marks marks =
        random.nextBoolean()
            ? Block.Marks.NONE
            : new Block.Marks(random.nextLong(), random.nextLong(), random.nextBoolean());
    return new Content(
        number, generation, random.nextLong(), text(), opening, positions, marks, stores);
  }

  private Block.Opening opening() {
    List<StoreIdentity> stores = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      List<String> values = new ArrayList<>();
      for (int j = random.nextInt(130); j > 0; j--) {
        values.add(text());
      }
      stores.add(new StoreIdentity(text(), random.nextInt(300), text(), text(), text(), values));
    }
    return new Block.Opening(
        random.nextInt(1 << 20), random.nextInt(1 << 20), 128, random.nextLong(), stores);
  }

  EncodedBlock encode(Content content, int maxRecordBytes) {
    builder.begin(content.number, content.generation, content.timeMs, content.writer, JOURNAL);
    if (content.opening != null) {
      builder.opening(content.opening);
    }
    if (!content.positions.isEmpty()) {
      builder.positions(content.positions);
    }
    builder.marks(content.marks);
    content.stores.forEach(
        (store, changes) -> {
          builder.beginStore(store, changes.size());
          changes.forEach(this::write);
          builder.endStore();
        });
    return builder.build(encoders.computeIfAbsent(maxRecordBytes, BlockEncoder::new));
  }

  /** Some values in one piece, others in two. */
  private void write(Change change) {
    byte[] value = change.value;
    if (value == null || change.key.length % 2 == 0) {
      builder.change(change.key, value);
    } else {
      int cut = value.length / 3;
      builder.change(
          change.key, Arrays.copyOf(value, cut), Arrays.copyOfRange(value, cut, value.length));
    }
  }

  static void assertSays(Block block, Content content) {
    assertThat(block.number()).isEqualTo(content.number);
    assertThat(block.generation()).isEqualTo(content.generation);
    assertThat(block.writer()).isEqualTo(content.writer);
    assertThat(block.journalId()).isEqualTo(JOURNAL);
    assertThat(block.opening()).isEqualTo(content.opening);
    assertThat(block.positions()).isEqualTo(content.positions);
    assertThat(block.marks()).isEqualTo(content.marks);
    assertThat(block.stores())
        .extracting(StoreChanges::store)
        .containsExactlyElementsOf(content.stores.keySet());
    for (StoreChanges changes : block.stores()) {
      assertChanges(changes, content.stores.get(changes.store()));
    }
  }

  private static void assertChanges(StoreChanges changes, List<Change> expected) {
    assertThat(changes.count()).isEqualTo(expected.size());
    StoreChanges.Cursor cursor = changes.cursor();
    for (Change change : expected) {
      assertThat(cursor.next()).isTrue();
      assertThat(slice(cursor.array(), cursor.keyOffset(), cursor.keyLength()))
          .isEqualTo(change.key);
      if (change.value == null) {
        assertThat(cursor.valueLength()).isEqualTo(-1);
      } else {
        assertThat(slice(cursor.array(), cursor.valueOffset(), cursor.valueLength()))
            .isEqualTo(change.value);
      }
    }
    assertThat(cursor.next()).isFalse();
    assertThat(cursor.next()).as("the end stays the end").isFalse();
  }

  private static byte[] slice(byte[] array, int offset, int length) {
    return Arrays.copyOfRange(array, offset, offset + length);
  }

  private String text() {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(12); i > 0; i--) {
      text.appendCodePoint(LETTERS.codePoints().skip(random.nextInt(8)).findFirst().orElseThrow());
    }
    return text.toString();
  }

  /** Up to so many bytes, compressible or not. */
  private byte[] bytes(int most) {
    byte[] bytes = new byte[random.nextInt(most + 1)];
    if (random.nextBoolean()) {
      random.nextBytes(bytes);
    } else {
      Arrays.fill(bytes, "x".getBytes(StandardCharsets.UTF_8)[0]);
    }
    return bytes;
  }
}
