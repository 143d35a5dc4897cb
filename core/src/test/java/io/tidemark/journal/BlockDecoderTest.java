package io.tidemark.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.StateException;
import io.tidemark.api.TidemarkException;
import io.tidemark.journal.BlockDecoder.LocatedBlock;
import io.tidemark.journal.RandomBlocks.Change;
import io.tidemark.journal.RandomBlocks.Content;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Which blocks of a log count. */
class BlockDecoderTest {
  private static final Block.Opening OPENING = new Block.Opening(2, 2, 256, 0, List.of());

  private final RandomBlocks blocks = new RandomBlocks(new Random(1));
  private final BlockDecoder decoder = new BlockDecoder("the journal");
  private long position;

  @Test
  void blocksOfOneOwnerCountOneAfterAnother() {
    assertThat(read(opening(1, 1))).containsExactly("1/1");
    assertThat(read(block(2, 1), block(3, 1))).containsExactly("2/1", "3/1");
  }

  @Test
  void aBlockHasThePositionOfItsFirstPart() {
    position = 40;
    LocatedBlock read = null;
    for (byte[] part : block(5, 1)) {
      read = decoder.add(new JournalRecord(position++, part));
    }
    assertThat(read).isNotNull();
    assertThat(read.position()).isEqualTo(40);
  }

  @Test
  void readingMayBeginWithAnyBlock() {
    assertThat(read(block(17, 4), block(18, 4))).containsExactly("17/4", "18/4");
  }

  @Test
  void aFormerOwnersBlocksDoNotCount() {
    assertThat(read(opening(1, 1), block(2, 1), opening(3, 2), block(3, 1), block(4, 2)))
        .containsExactly("1/1", "2/1", "3/2", "4/2");
  }

  @Test
  void anOpeningThatComesSecondDoesNotCount() {
    assertThat(read(opening(1, 1), opening(2, 2), opening(2, 2), block(3, 2)))
        .containsExactly("1/1", "2/2", "3/2");
  }

  @Test
  void anOpeningThatDoesNotKnowTheLastBlockDoesNotCount() {
    assertThat(read(opening(1, 1), block(2, 1), opening(2, 2), block(3, 1)))
        .containsExactly("1/1", "2/1", "3/1");
  }

  @Test
  void anOpeningOfNoNewGenerationDoesNotCount() {
    assertThat(read(opening(1, 3), opening(2, 3), opening(2, 2), block(2, 3)))
        .containsExactly("1/3", "2/3");
  }

  @Test
  void aBlockThatBreaksOffIsPassedOverWhenANewOwnerFollows() {
    List<byte[]> broken = block(2, 1);
    for (int parts = 1; parts < broken.size(); parts++) {
      BlockDecoderTest fresh = new BlockDecoderTest();
      assertThat(fresh.read(opening(1, 1), broken.subList(0, parts), opening(2, 2), block(3, 2)))
          .containsExactly("1/1", "2/2", "3/2");
    }
  }

  @Test
  void aBlockThatBreaksOffWithinItsGenerationIsAnError() {
    read(opening(1, 1), block(2, 1).subList(0, 1));
    assertDamaged(() -> read(block(3, 1)), "block 2 breaks off before it");
  }

  /** Where nothing fences a former owner, its block may arrive in pieces among the new owner's. */
  @Test
  void partsOfAFormerOwnersBlockAmongTheNewOnesDoNotCount() {
    List<byte[]> former = block(2, 1);
    for (int before = 0; before < former.size(); before++) {
      BlockDecoderTest fresh = new BlockDecoderTest();
      List<byte[]> mixed = new ArrayList<>(former.subList(0, before));
      mixed.addAll(opening(2, 2));
      int next = before;
      for (byte[] part : block(3, 2)) {
        mixed.add(part);
        if (next < former.size()) {
          mixed.add(former.get(next++));
        }
      }
      assertThat(fresh.read(opening(1, 1), mixed))
          .as("%d parts before", before)
          .containsExactly("1/1", "2/2", "3/2");
    }
  }

  @Test
  void aGapInTheNumbersIsAnError() {
    read(opening(1, 1), block(2, 1));
    assertDamaged(() -> read(block(4, 1)), "block 4 follows block 2");
  }

  @Test
  void aBlockTwiceIsAnError() {
    read(opening(1, 1), block(2, 1));
    assertDamaged(() -> read(block(2, 1)), "block 2 follows block 2");
  }

  @Test
  void aGenerationThatWasNeverOpenedIsAnError() {
    read(opening(1, 1));
    assertDamaged(() -> read(block(2, 2)), "generation 2 was never opened");
  }

  @Test
  void aFormatOfTheFutureIsNotRead() {
    byte[] record = opening(1, 1).get(0);
    record[1] = 2;
    assertThatThrownBy(() -> decoder.add(new JournalRecord(12, checksummed(record))))
        .isInstanceOf(StateException.class)
        .hasMessageContaining("the journal at position 12 is written in format 2")
        .asInstanceOf(InstanceOfAssertFactories.type(TidemarkException.class))
        .returns("TM-3010", TidemarkException::code);
  }

  @Test
  void aHeaderThatMakesNoSenseIsAnErrorThoughItsChecksumIsRight() {
    for (int field : List.of(20, 24, 28, 32)) { // part, parts, length, stored length
      for (int value : List.of(-1, 0, 1, 7, Integer.MIN_VALUE)) {
        byte[] record = opening(1, 1).get(0);
        if (ByteBuffer.wrap(record).getInt(field) != value) {
          ByteBuffer.wrap(record).putInt(field, value);
          BlockDecoder fresh = new BlockDecoder("the journal");
          assertNoBlock(fresh, checksummed(record));
        }
      }
    }
  }

  @Test
  void aCompressionThatIsUnknownIsAnError() {
    byte[] record = opening(1, 1).get(0);
    record[2] = 9;
    assertDamaged(
        () -> decoder.add(new JournalRecord(0, checksummed(record))), "compression 9 is unknown");
  }

  @Test
  void aRecordOfSomethingElseIsAnError() {
    assertDamaged(() -> decoder.add(new JournalRecord(0, new byte[0])), "it has only 0 bytes");
    assertDamaged(() -> decoder.add(new JournalRecord(0, new byte[50])), "it is no part");
  }

  private static void assertNoBlock(BlockDecoder decoder, byte[] record) {
    try {
      assertThat(decoder.add(new JournalRecord(0, record))).isNull();
    } catch (StateException e) {
      assertThat(e.code()).isEqualTo("TM-3007");
    }
  }

  private static byte[] checksummed(byte[] record) {
    ByteBuffer.wrap(record).putInt(BlockEncoder.CHECKSUM_OFFSET, BlockEncoder.checksum(record));
    return record;
  }

  private static void assertDamaged(ThrowingCallable call, String why) {
    assertThatThrownBy(call)
        .isInstanceOf(StateException.class)
        .hasMessageContaining("the journal is damaged at position")
        .hasMessageContaining(why)
        .asInstanceOf(InstanceOfAssertFactories.type(TidemarkException.class))
        .returns("TM-3007", TidemarkException::code);
  }

  /** Adds the records and says which blocks count, as number/generation. */
  @SafeVarargs
  private List<String> read(List<byte[]>... records) {
    List<String> counted = new ArrayList<>();
    for (List<byte[]> parts : records) {
      for (byte[] part : parts) {
        LocatedBlock block = decoder.add(new JournalRecord(position++, part));
        if (block != null) {
          counted.add(block.block().number() + "/" + block.block().generation());
        }
      }
    }
    return counted;
  }

  private List<byte[]> opening(long number, long generation) {
    return blocks
        .encode(new Content(number, generation, 0, "w", OPENING, Map.of(), Map.of()), 1000)
        .records();
  }

  /** A block in several parts. */
  private List<byte[]> block(long number, long generation) {
    byte[] value = new byte[60];
    Content content =
        new Content(
            number,
            generation,
            0,
            "w" + generation,
            null,
            Map.of(),
            Map.of("s", List.of(new Change(new byte[] {(byte) number}, value))));
    List<byte[]> records = blocks.encode(content, BlockEncoder.HEADER_BYTES + 40).records();
    assertThat(records).hasSizeGreaterThan(2);
    return records;
  }
}
