package io.tidemark.journal;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.ProjectFiles;
import io.tidemark.api.Partition;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.journal.BlockBuilder.EncodedBlock;
import io.tidemark.system.KeyHash;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The examples in docs/formats/journal.md are what is written and read, to the byte. */
class JournalFormatTest {
  private static final UUID JOURNAL = UUID.fromString("0f0e0d0c-0b0a-4908-8706-050403020100");
  private static final Pattern EXAMPLE = Pattern.compile("(?s)```hex\n(.*?)```");
  private static final Pattern BYTES = Pattern.compile("(?m)^((?:[0-9a-f]{2} ?)+)(?: |$)");

  @Test
  void the_example_is_what_a_builder_builds() {
    BlockBuilder builder =
        new BlockBuilder()
            .begin(2, 1, 1_000_000_000_000L, "totals-1-c0-w0", JOURNAL)
            .positions(
                Map.of(new SystemStreamPartition("kafka", "orders", new Partition(0)), "42"));
    builder.beginStore("totals", 2);
    builder.change(key("alice"), ByteBuffer.allocate(9).putLong(1, 42).array());
    builder.change(key("bob"), null);
    builder.endStore();
    EncodedBlock built = builder.build(new BlockEncoder(1 << 20));

    assertThat(built.records()).hasSize(1);
    assertThat(HexFormat.of().formatHex(built.records().get(0)))
        .isEqualTo(HexFormat.of().formatHex(example(0)));
  }

  @Test
  void the_example_of_an_opening_is_what_a_builder_builds_and_is_read_so() {
    Block.Opening opening =
        new Block.Opening(
            1,
            1,
            128,
            0,
            List.of(new StoreIdentity("totals", 1, "string", "partition", "", List.of("long"))));
    EncodedBlock built =
        new BlockBuilder()
            .begin(1, 1, 1_000_000_000_000L, "totals-1-c0-w0", JOURNAL)
            .opening(opening)
            .positions(Map.of(new SystemStreamPartition("kafka", "orders", new Partition(0)), "0"))
            .build(new BlockEncoder(1 << 20));

    assertThat(HexFormat.of().formatHex(built.records().get(0)))
        .isEqualTo(HexFormat.of().formatHex(example(1)));
    assertThat(built.block().opening()).isEqualTo(opening);
    assertThat(
            new BlockDecoder("the example").add(new JournalRecord(0, example(1))).block().opening())
        .isEqualTo(opening);
  }

  @Test
  void the_example_is_read_as_it_is_described() {
    BlockDecoder.LocatedBlock located =
        new BlockDecoder("the example").add(new JournalRecord(7, example(0)));

    Block block = located.block();
    assertThat(located.position()).isEqualTo(7);
    assertThat(block.number()).isEqualTo(2);
    assertThat(block.generation()).isEqualTo(1);
    assertThat(block.timeMs()).isEqualTo(1_000_000_000_000L);
    assertThat(block.writer()).isEqualTo("totals-1-c0-w0");
    assertThat(block.journalId()).isEqualTo(JOURNAL);
    assertThat(block.opening()).isNull();
    assertThat(block.positions())
        .containsExactly(
            Map.entry(new SystemStreamPartition("kafka", "orders", new Partition(0)), "42"));
    assertThat(block.stores()).hasSize(1);
    StoreChanges.Cursor changes = block.stores().get(0).cursor();
    assertThat(changes.next()).isTrue();
    assertThat(changes.keyLength()).isEqualTo(2 + "alice".length());
    assertThat(changes.valueLength()).isEqualTo(1 + 8);
    assertThat(changes.next()).isTrue();
    assertThat(changes.valueLength()).isEqualTo(-1);
    assertThat(changes.next()).isFalse();
  }

  private static byte[] key(String key) {
    byte[] bytes = key.getBytes(UTF_8);
    return ByteBuffer.allocate(2 + bytes.length)
        .putShort((short) (KeyHash.of(bytes) % 128))
        .put(bytes)
        .array();
  }

  private static byte[] example(int index) {
    MatchResult found =
        EXAMPLE
            .matcher(ProjectFiles.read("docs/formats/journal.md"))
            .results()
            .skip(index)
            .findFirst()
            .get();
    String hex =
        BYTES
            .matcher(found.group(1))
            .results()
            .map(match -> match.group(1).replace(" ", ""))
            .collect(Collectors.joining());
    return HexFormat.of().parseHex(hex);
  }
}
