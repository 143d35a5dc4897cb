package io.tidemark.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.tidemark.ProjectFiles;
import io.tidemark.api.CheckpointVerificationException;
import io.tidemark.api.Partition;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.journal.StoreIdentity;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ManifestCodecTest {
  private static final String BLOB = "checkpoints/000000000012/manifest";
  private static final Pattern EXAMPLE = Pattern.compile("(?s)```json\n(.*?)```");

  /** The manifest of the example in the documentation. */
  static CheckpointManifest example() {
    String pack = "blobs/5e/" + "5e".repeat(32);
    return new CheckpointManifest(
        "orders-1",
        12,
        "",
        Trigger.INTERVAL,
        new Timeline(
            2,
            "orders-1-journal-t2",
            List.of(new Timeline.StagePlan("main", 1, 1, 128)),
            List.of(new Timeline.Origin(2, 7))),
        1_000_000_000_000L,
        1_000_000_000_250L,
        List.of(
            new TaskManifest(
                new TaskName("main", 0),
                1,
                1,
                128,
                41,
                9_000,
                999_999_999_990L,
                Map.of(new SystemStreamPartition("kafka", "orders", new Partition(0)), "420"),
                List.of(new StoreIdentity("totals", 1, "string", "partition", "", List.of("long"))),
                List.of(
                    new EngineManifest(
                        "rocksdb",
                        38,
                        List.of(
                            new FileRef(
                                "000012.sst",
                                100_000,
                                "0a".repeat(32),
                                "blobs/0a/" + "0a".repeat(32),
                                0),
                            new FileRef("MANIFEST-000005", 300, "0b".repeat(32), pack, 0)),
                        Map.of(
                            "totals",
                            Map.of(
                                7, new SlotDigest(2, 0x0123456789abcdefL, -1),
                                93, new SlotDigest(1, 5, 6))))),
                List.of(new SegmentRef(39, 41, 512, "0c".repeat(32), pack, 300)),
                new TaskManifest.Work(100_812, 2, 0, 3, 40))));
  }

  @Test
  void the_example_in_the_documentation_is_what_is_written_and_read() {
    Matcher matcher = EXAMPLE.matcher(ProjectFiles.read("docs/formats/checkpoint-manifest.md"));
    assertThat(matcher.find()).isTrue();

    assertThat(matcher.group(1)).isEqualTo(new String(ManifestCodec.encode(example()), UTF_8));
    assertThat(ManifestCodec.decode(BLOB, matcher.group(1).getBytes(UTF_8))).isEqualTo(example());
  }

  @Test
  void what_is_written_is_read_again() {
    for (long seed = 0; seed < 500; seed++) {
      CheckpointManifest drawn = new RandomManifests(new Random(seed)).draw();
      byte[] bytes = ManifestCodec.encode(drawn);
      assertThat(ManifestCodec.decode(BLOB, bytes)).as("seed %d", seed).isEqualTo(drawn);
      assertThat(ManifestCodec.encode(ManifestCodec.decode(BLOB, bytes))).isEqualTo(bytes);
      for (TaskManifest task : drawn.tasks()) {
        assertThat(ManifestCodec.decodeTask(ManifestCodec.encode(task))).isEqualTo(task);
      }
    }
  }

  @Test
  void every_changed_byte_is_noticed() {
    byte[] bytes = ManifestCodec.encode(example());
    for (int i = 0; i < bytes.length; i++) {
      for (int bit : List.of(0, 5)) {
        byte[] flipped = bytes.clone();
        flipped[i] ^= (byte) (1 << bit);
        assertDamaged(flipped, "byte " + i + " bit " + bit);
      }
    }
  }

  @Test
  void every_missing_or_additional_byte_is_noticed() {
    byte[] bytes = ManifestCodec.encode(example());
    for (int length = 0; length < bytes.length; length++) {
      assertDamaged(Arrays.copyOf(bytes, length), "length " + length);
    }
    assertDamaged(Arrays.copyOf(bytes, bytes.length + 1), "one byte more");
    assertDamaged((new String(bytes, UTF_8) + new String(bytes, UTF_8)).getBytes(UTF_8), "twice");
  }

  private static void assertDamaged(byte[] bytes, String as) {
    CheckpointVerificationException damage =
        catchThrowableOfType(
            CheckpointVerificationException.class, () -> ManifestCodec.decode(BLOB, bytes));
    assertThat(damage).as(as).isNotNull();
    assertThat(damage.code()).isEqualTo("TM-8230");
    assertThat(damage.part()).isEqualTo("the manifest " + BLOB);
    assertThat(damage.expected()).isNotEqualTo(damage.found());
    assertThat(damage).hasMessageContaining(BLOB).hasMessageContaining(damage.expected());
  }

  @Test
  void another_format_is_said_to_be_one() {
    assertThatThrownBy(() -> decodeJson("{\"format\": 2, \"anything\": []}"))
        .isInstanceOf(CheckpointVerificationException.class)
        .hasMessageStartingWith("TM-8231")
        .hasMessageContaining("found format 2")
        .hasMessageContaining("format 1, which this version of Tidemark reads");
  }

  @Test
  void a_manifest_that_was_well_hashed_but_badly_made_is_refused_with_the_place() {
    assertRefused("\"number\": 12", "\"number\": 0", "number should be a number from 1");
    assertRefused("\"number\": 12", "\"number\": 12.5", "line 4");
    assertRefused("\"number\": 12", "\"number\": 9223372036854775808", "of 64 bits");
    assertRefused("\"number\": 12", "\"number\": \"12\"", "number should be a number");
    assertRefused("\"number\": 12", "\"numbr\": 12", "number is missing");
    assertRefused("\"number\": 12,", "\"number\": 12, \"number\": 12,", "no more than once");
    assertRefused("\"number\": 12,", "\"number\": 12, \"more\": 1,", "more is a field");
    assertRefused("\"interval\"", "\"whim\"", "trigger should be what causes a checkpoint");
    assertRefused("\"commit\": 41", "\"commit\": -1", "tasks[0].commit should be");
    assertRefused("\"size\": 300", "\"size\": -1", "tasks[0].engines[0].files[1].size");
    assertRefused("\"" + "0b".repeat(32), "\"" + "0B".repeat(32), "64 hexadecimal digits");
    assertRefused("0123456789abcdef", "0123456789abcde", "16 hexadecimal digits");
    assertRefused("\"93\"", "\"65536\"", "a slot of digests");
    assertRefused("\"segments\": [", "\"segments\": [[],", "segments[0] should be an object");
    assertRefused("\"stage\": \"main\"", "\"stage\": \"ma\nin\"", "without control characters");
  }

  private static void assertRefused(String part, String instead, String why) {
    byte[] bytes = ManifestCodec.encode(example());
    String json = new String(bytes, 0, bytes.length - 72, UTF_8);
    assertThat(json).contains(part);
    assertThatThrownBy(() -> decodeJson(json.replace(part, instead)))
        .isInstanceOf(CheckpointVerificationException.class)
        .hasMessageStartingWith("TM-8230")
        .hasMessageContaining(why);
  }

  private static CheckpointManifest decodeJson(String json) {
    String body = json + "\n";
    String hash = HexFormat.of().formatHex(ManifestCodec.digest().digest(body.getBytes(UTF_8)));
    return ManifestCodec.decode(BLOB, (body + "sha256 " + hash + "\n").getBytes(UTF_8));
  }

  @Test
  void bytes_that_are_no_task_s_manifest_are_refused() {
    byte[] bytes = ManifestCodec.encode(example().tasks().get(0));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> ManifestCodec.decodeTask(cut))
          .isInstanceOf(CheckpointVerificationException.class);
    }
    assertThatThrownBy(() -> ManifestCodec.decodeTask("[".repeat(100_000).getBytes(UTF_8)))
        .hasMessageContaining("less deeply nested");
    assertThatThrownBy(() -> ManifestCodec.decodeTask(new byte[] {'"', (byte) 0xc0, '"'}))
        .hasMessageContaining("UTF-8");
  }
}
