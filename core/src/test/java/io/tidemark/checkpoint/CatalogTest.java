package io.tidemark.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.CheckpointVerificationException;
import io.tidemark.api.TidemarkException;
import io.tidemark.config.CheckpointSettings.OnVerificationFailure;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class CatalogTest {
  private static final Duration HOUR = Duration.ofHours(1);

  private final LaggingBlobStore blobs = new LaggingBlobStore();
  private final Catalog catalog = new Catalog(blobs);

  static CheckpointManifest manifest(long number, String savepoint, List<String> blobNames) {
    List<FileRef> files =
        blobNames.stream()
            .map(blob -> new FileRef("f-" + blob.hashCode(), 4, "00".repeat(32), blob, 0))
            .toList();
    TaskManifest example = ManifestCodecTest.example().tasks().get(0);
    TaskManifest task =
        new TaskManifest(
            example.task(),
            example.tasks(),
            example.partitions(),
            example.slots(),
            example.commit(),
            example.position(),
            example.timeMs(),
            example.positions(),
            example.stores(),
            List.of(new EngineManifest("rocksdb", 1, files, example.engines().get(0).digests())),
            List.of(),
            example.work());
    return new CheckpointManifest(
        "orders-1",
        number,
        savepoint,
        Trigger.INTERVAL,
        ManifestCodecTest.example().timeline(),
        1,
        2,
        List.of(task));
  }

  private void upload(String... names) {
    for (String name : names) {
      blobs.put(name, BlobStore.Source.of("1234".getBytes(UTF_8)));
    }
  }

  private void publish(long number, String savepoint, String... blobNames) {
    upload(blobNames);
    catalog.publish(manifest(number, savepoint, List.of(blobNames)));
  }

  private List<String> listed() {
    return catalog.list().stream().map(entry -> entry.location().toString()).toList();
  }

  private void damage(String name) {
    byte[] bytes = blobs.read(name);
    bytes[10] ^= 1;
    blobs.put(name, BlobStore.Source.of(bytes));
  }

  @Test
  void checkpoints_and_savepoints_are_listed_by_number_the_newest_first() {
    publish(9, "");
    publish(11, "before-v2");
    publish(10, "");
    blobs.put("checkpoints/strange", BlobStore.Source.of(new byte[3]));

    assertThat(listed()).containsExactly("savepoint:before-v2", "checkpoint:10", "checkpoint:9");
    assertThat(catalog.load(Location.LATEST).number()).isEqualTo(11);
    assertThat(catalog.load(Location.checkpoint(9)).number()).isEqualTo(9);
    assertThat(catalog.load(Location.savepoint("before-v2")).number()).isEqualTo(11);
    assertThat(catalog.load(Location.checkpoint(11)).savepoint()).isEqualTo("before-v2");
    assertThatThrownBy(() -> catalog.load(Location.checkpoint(8)))
        .isInstanceOf(TidemarkException.class)
        .hasMessageStartingWith("TM-8232: there is no checkpoint:8");
    assertThatThrownBy(() -> new Catalog(new LaggingBlobStore()).load(Location.LATEST))
        .hasMessageStartingWith("TM-8232: the job has no completed checkpoint");
  }

  @Test
  void locations_are_read_as_they_are_written() {
    for (String text : List.of("checkpoint:12", "savepoint:before-v2", "latest")) {
      assertThat(Location.parse(text)).hasToString(text);
    }
    assertThat(Location.parse("checkpoint:12").manifest())
        .isEqualTo("checkpoints/000000000012/manifest");
    for (Location location : List.of(Location.checkpoint(3), Location.savepoint("x.y"))) {
      assertThat(Location.parse(location.manifest())).isEqualTo(location);
    }
    for (String text :
        List.of(
            "",
            "12",
            "checkpoint:",
            "checkpoint:0",
            "checkpoint:-1",
            "checkpoint:x",
            "savepoint:",
            "savepoint:.hidden",
            "savepoint:a/b",
            "savepoint:../x",
            "Latest",
            "blobs/ab/cd")) {
      assertThatThrownBy(() -> Location.parse(text))
          .as(text)
          .hasMessageStartingWith("TM-8233")
          .isInstanceOf(TidemarkException.class);
    }
  }

  @Test
  void what_is_published_stays_as_it_is() {
    publish(1, "");
    catalog.publish(manifest(1, "", List.of())); // the response was lost, and it is tried again
    assertThatThrownBy(() -> catalog.publish(manifest(1, "", List.of("blobs/aa/x"))))
        .hasMessageStartingWith("TM-8234");
    publish(2, "name");
    assertThatThrownBy(() -> catalog.publish(manifest(3, "name", List.of())))
        .hasMessageStartingWith("TM-8234");
    assertThat(catalog.load(Location.savepoint("name")).number()).isEqualTo(2);
  }

  @Test
  void a_damaged_manifest_is_shown_and_passed_over_only_if_that_is_allowed() {
    publish(1, "");
    publish(2, "");
    damage(Location.checkpoint(2).manifest());

    assertThat(listed()).containsExactly("checkpoint:2", "checkpoint:1");
    assertThat(catalog.list().get(0).damage()).hasMessageStartingWith("TM-8230");
    assertThatThrownBy(() -> catalog.load(Location.LATEST))
        .isInstanceOf(CheckpointVerificationException.class);
    assertThatThrownBy(() -> catalog.latestValid(OnVerificationFailure.FAIL))
        .isInstanceOf(CheckpointVerificationException.class);
    Catalog.Latest latest = catalog.latestValid(OnVerificationFailure.PREVIOUS);
    assertThat(latest.manifest().number()).isEqualTo(1);
    assertThat(latest.passedOver()).hasSize(1);
    damage(Location.checkpoint(1).manifest());
    assertThatThrownBy(() -> catalog.latestValid(OnVerificationFailure.PREVIOUS))
        .isInstanceOf(CheckpointVerificationException.class);
  }

  @Test
  void a_manifest_in_the_place_of_another_is_damaged() {
    publish(1, "");
    publish(2, "");
    blobs.put(
        Location.checkpoint(2).manifest(),
        BlobStore.Source.of(blobs.read(Location.checkpoint(1).manifest())));

    assertThatThrownBy(() -> catalog.load(Location.checkpoint(2)))
        .hasMessageContaining("expected that of checkpoint:2, found that of checkpoint:1");
  }

  @Test
  void a_checkpoint_whose_blob_is_gone_or_cut_is_not_valid() {
    publish(1, "", "blobs/aa/one");
    publish(2, "", "blobs/aa/two");
    blobs.put("blobs/aa/two", BlobStore.Source.of(new byte[3]));

    assertThatThrownBy(() -> catalog.latestValid(OnVerificationFailure.FAIL))
        .hasMessageStartingWith("TM-8202")
        .hasMessageContaining("blobs/aa/two of checkpoint:2")
        .hasMessageContaining("expected at least 4 bytes, found 3 bytes");
    assertThat(catalog.latestValid(OnVerificationFailure.PREVIOUS).manifest().number()).isOne();
    blobs.delete("blobs/aa/one");
    assertThatThrownBy(() -> catalog.latestValid(OnVerificationFailure.PREVIOUS))
        .hasMessageContaining("blobs/aa/two");
    assertThat(new Catalog(new LaggingBlobStore()).latestValid(OnVerificationFailure.FAIL))
        .isEqualTo(new Catalog.Latest(null, List.of()));
  }

  @Test
  void retention_keeps_the_newest_undamaged_checkpoints_and_all_savepoints() {
    publish(1, "");
    publish(2, "kept");
    publish(3, "");
    publish(4, "");
    publish(5, "");
    damage(Location.checkpoint(5).manifest());
    damage(Location.checkpoint(1).manifest());

    assertThat(catalog.retain(2, () -> false)).isEmpty();
    assertThat(catalog.retain(2, () -> true)).containsExactly(1L);
    assertThat(catalog.retain(1, () -> true)).containsExactly(3L);
    assertThat(catalog.retain(1, () -> true)).isEmpty();
    assertThat(listed()).containsExactly("checkpoint:5", "checkpoint:4", "savepoint:kept");
  }

  @Test
  void only_what_is_old_and_named_by_nothing_is_collected() {
    publish(1, "", "blobs/aa/one", "blobs/bb/shared");
    publish(2, "s", "blobs/cc/two", "blobs/bb/shared");
    upload("blobs/dd/in-progress", "blobs/ee/failed");
    blobs.now += HOUR.toMillis();
    upload("blobs/ff/young");
    catalog.delete(Location.checkpoint(1));
    Collector collector = new Collector(blobs, catalog);

    assertThat(collector.collect(Set.of("blobs/dd/in-progress"), HOUR, () -> false).blobs())
        .isZero();
    assertThat(collector.collect(Set.of("blobs/dd/in-progress"), HOUR, () -> true))
        .isEqualTo(new Collector.Outcome(2, 8, null));
    assertThat(blobs.list("blobs/").stream().map(BlobStore.Stat::name))
        .containsExactly(
            "blobs/bb/shared", "blobs/cc/two", "blobs/dd/in-progress", "blobs/ff/young");
  }

  @Test
  void nothing_is_collected_while_a_manifest_cannot_be_read() {
    publish(1, "", "blobs/aa/one");
    upload("blobs/ee/failed");
    damage(Location.checkpoint(1).manifest());
    blobs.now += HOUR.toMillis();
    Collector collector = new Collector(blobs, catalog);

    Collector.Outcome outcome = collector.collect(Set.of(), HOUR, () -> true);

    assertThat(outcome.blobs()).isZero();
    assertThat(outcome.refused()).contains("checkpoint:1").contains("TM-8230");
    assertThat(blobs.has("blobs/ee/failed")).isTrue();
  }

  @Test
  void what_is_written_again_while_it_is_collected_stays() {
    upload("blobs/aa/again", "blobs/bb/gone");
    blobs.now += HOUR.toMillis();
    Collector collector = new Collector(blobs, catalog);

    Collector.Outcome outcome =
        collector.collect(
            Set.of(),
            HOUR,
            () -> {
              blobs.now++;
              upload("blobs/bb/gone");
              return true;
            });

    assertThat(outcome.blobs()).isEqualTo(1);
    assertThat(blobs.has("blobs/bb/gone")).isTrue();
  }
}
