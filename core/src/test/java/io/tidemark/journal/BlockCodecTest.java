package io.tidemark.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.fail;

import io.tidemark.api.StateException;
import io.tidemark.journal.BlockBuilder.EncodedBlock;
import io.tidemark.journal.BlockDecoder.LocatedBlock;
import io.tidemark.journal.RandomBlocks.Content;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Blocks are read as they were written, or not at all. */
class BlockCodecTest {
  private final long seed = Long.getLong("tidemark.seed", System.nanoTime());
  private final Random random = new Random(seed);
  private final RandomBlocks blocks = new RandomBlocks(random);

  @Test
  void anyBlockIsReadAsItWasWritten() {
    for (int round = 0; round < 1000; round++) {
      Content content = blocks.draw(1 + random.nextInt(1000), 1 + random.nextInt(9), 2000);
      int maxRecordBytes = BlockEncoder.HEADER_BYTES + 1 + random.nextInt(3000);
      EncodedBlock encoded = blocks.encode(content, maxRecordBytes);
      try {
        RandomBlocks.assertSays(encoded.block(), content);
        assertThat(encoded.records()).allMatch(record -> record.length <= maxRecordBytes);
        LocatedBlock read = readAll(encoded.records());
        RandomBlocks.assertSays(read.block(), content);
        assertThat(read.position()).isEqualTo(100);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + round + ": " + e, e);
      }
    }
  }

  @Test
  void aLargeBlockSurvivesAndLeavesTheBuilderFitForSmallOnes() {
    Random fixed = new Random(3);
    byte[] large = new byte[3 << 20];
    fixed.nextBytes(large);
    Content content = content(Map.of("large", List.of(new RandomBlocks.Change(large, large))));
    EncodedBlock encoded = blocks.encode(content, 1 << 20);
    assertThat(encoded.records()).hasSizeGreaterThan(6);
    RandomBlocks.assertSays(readAll(encoded.records()).block(), content);
    Content small = content(Map.of());
    RandomBlocks.assertSays(readAll(blocks.encode(small, 1 << 20).records()).block(), small);
  }

  @Test
  void whatCompressesIsStoredCompressed() {
    byte[] value = new byte[100_000];
    EncodedBlock encoded =
        blocks.encode(
            content(Map.of("s", List.of(new RandomBlocks.Change(new byte[1], value)))), 1 << 20);
    assertThat(encoded.records()).singleElement().matches(record -> record.length < 2000);
    assertThat(encoded.block().changeBytes()).isGreaterThan(100_000);
  }

  @Test
  void aRecordTooSmallForAnyPartIsRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new BlockEncoder(BlockEncoder.HEADER_BYTES));
  }

  @Test
  void everyFlippedBitIsAnError() {
    for (EncodedBlock block : List.of(plainBlock(), compressedBlock())) {
      for (int part = 0; part < block.records().size(); part++) {
        byte[] record = block.records().get(part);
        for (int bit = 0; bit < record.length * 8; bit++) {
          byte[] flipped = record.clone();
          flipped[bit / 8] ^= (byte) (1 << (bit % 8));
          assertRefused(replaced(block.records(), part, flipped), "bit " + bit + " of " + part);
        }
      }
    }
  }

  @Test
  void everyTruncationAndExtensionIsAnError() {
    for (EncodedBlock block : List.of(plainBlock(), compressedBlock())) {
      for (int part = 0; part < block.records().size(); part++) {
        byte[] record = block.records().get(part);
        for (int length = 0; length <= record.length + 5; length++) {
          if (length != record.length) {
            assertRefused(
                replaced(block.records(), part, Arrays.copyOf(record, length)),
                "part " + part + " with " + length + " bytes");
          }
        }
      }
    }
  }

  @Test
  void aMissingDoubledOrMisplacedPartNeverGivesABlock() {
    List<byte[]> parts = plainBlock().records();
    assertThat(parts).hasSizeGreaterThan(3);
    for (int i = 0; i < parts.size(); i++) {
      for (int j = 0; j < parts.size(); j++) {
        List<byte[]> missing = new ArrayList<>(parts);
        missing.remove(i);
        assertNoBlock(missing);
        if (i < parts.size() - 1) { // as many as there should be, but one twice and the last not
          List<byte[]> doubled = new ArrayList<>(parts.subList(0, parts.size() - 1));
          doubled.add(Math.min(j, doubled.size()), parts.get(i));
          assertNoBlock(doubled);
        }
        if (i != j) {
          List<byte[]> swapped = new ArrayList<>(parts);
          Collections.swap(swapped, i, j);
          assertNoBlock(swapped);
        }
      }
    }
  }

  /** Whatever happens to a log behind its first block, what is read is how it begins. */
  @Test
  void aDamagedLogIsReadUpToTheDamageAndNoFurther() {
    for (int round = 0; round < 300; round++) {
      List<Content> written = new ArrayList<>();
      List<byte[]> log = new ArrayList<>();
      int first = 0;
      for (int number = 1; number <= 6; number++) {
        Content content = withoutOpening(blocks.draw(number, 1, 300));
        written.add(content);
        log.addAll(blocks.encode(content, BlockEncoder.HEADER_BYTES + 100).records());
        first = first == 0 ? log.size() : first;
      }
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        damage(log, first);
      }
      List<Block> read = readUntilError(log);
      assertThat(read).as("seed %d, round %d", seed, round).hasSizeBetween(1, written.size());
      for (int i = 0; i < read.size(); i++) {
        RandomBlocks.assertSays(read.get(i), written.get(i));
      }
    }
  }

  private void damage(List<byte[]> log, int from) {
    if (log.size() - from < 2) {
      return;
    }
    int at = from + random.nextInt(log.size() - from);
    switch (random.nextInt(4)) {
      case 0 -> log.remove(at);
      case 1 -> log.add(at, log.get(from + random.nextInt(log.size() - from)));
      case 2 -> Collections.swap(log, at, from + random.nextInt(log.size() - from));
      default -> {
        byte[] flipped = log.get(at).clone();
        flipped[random.nextInt(flipped.length)] ^= (byte) (1 + random.nextInt(255));
        log.set(at, flipped);
      }
    }
  }

  private static List<Block> readUntilError(List<byte[]> log) {
    BlockDecoder decoder = new BlockDecoder("the journal");
    List<Block> read = new ArrayList<>();
    try {
      for (byte[] record : log) {
        LocatedBlock block = decoder.add(new JournalRecord(0, record));
        if (block != null) {
          read.add(block.block());
        }
      }
    } catch (StateException e) {
      assertThat(e.code()).isIn("TM-3007", "TM-3010");
    }
    return read;
  }

  private EncodedBlock plainBlock() {
    byte[] value = new byte[150];
    new Random(5).nextBytes(value);
    return blocks.encode(
        content(Map.of("s", List.of(new RandomBlocks.Change(new byte[3], value)))),
        BlockEncoder.HEADER_BYTES + 50);
  }

  private EncodedBlock compressedBlock() {
    byte[] value = new byte[2000];
    new Random(5).nextBytes(value);
    Arrays.fill(value, 100, 2000, (byte) 7);
    EncodedBlock block =
        blocks.encode(
            content(Map.of("s", List.of(new RandomBlocks.Change(new byte[3], value)))),
            BlockEncoder.HEADER_BYTES + 90);
    assertThat(block.records().get(0)[2]).isEqualTo(BlockEncoder.LZ4);
    return block;
  }

  private static Content content(Map<String, List<RandomBlocks.Change>> stores) {
    return new Content(9, 2, 5, "writer", null, Map.of(), stores);
  }

  private static Content withoutOpening(Content drawn) {
    return new Content(
        drawn.number(),
        drawn.generation(),
        drawn.timeMs(),
        drawn.writer(),
        null,
        drawn.positions(),
        drawn.stores());
  }

  private static List<byte[]> replaced(List<byte[]> records, int index, byte[] replacement) {
    List<byte[]> replaced = new ArrayList<>(records);
    replaced.set(index, replacement);
    return replaced;
  }

  private static void assertRefused(List<byte[]> records, String what) {
    try {
      readAll(records);
      fail("no error with " + what);
    } catch (StateException e) {
      assertThat(e.code()).as(what).isIn("TM-3007", "TM-3010");
      assertThat(e).hasMessageContaining("the journal").hasMessageContaining("position 10");
    }
  }

  private static void assertNoBlock(List<byte[]> records) {
    try {
      assertThat(readAll(records)).isNull();
    } catch (StateException e) {
      assertThat(e.code()).isEqualTo("TM-3007");
    }
  }

  private static @Nullable LocatedBlock readAll(List<byte[]> records) {
    BlockDecoder decoder = new BlockDecoder("the journal");
    LocatedBlock last = null;
    long position = 100;
    for (byte[] record : records) {
      last = decoder.add(new JournalRecord(position++, record));
    }
    return last;
  }
}
