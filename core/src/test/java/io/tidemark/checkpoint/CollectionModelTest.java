package io.tidemark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Checkpoints that share blobs come and go in any order, some fail, the process that collects dies
 * anywhere: no blob that a remaining manifest names is ever gone, and in the end nothing else is
 * left.
 */
class CollectionModelTest {
  private static final long GRACE = 1_000;

  /** A life of a job in a blob store. */
  private static final class Life {
    final Random random;
    final LaggingBlobStore blobs;
    Catalog catalog;

    /** The metadata store: what completed, and is not known to be deleted. */
    final TreeMap<Long, CheckpointManifest> index = new TreeMap<>();

    final TreeSet<String> savepoints = new TreeSet<>();
    CheckpointManifest newest = CatalogTest.manifest(1, "", List.of());
    long numbers;
    int uploads;

    Life(long seed, long lag) {
      random = new Random(seed);
      blobs = new LaggingBlobStore(random, lag);
      catalog = new Catalog(blobs);
    }

    void step() {
      blobs.now += random.nextInt(200);
      switch (random.nextInt(9)) {
        case 0, 1, 2 -> checkpoint(true);
        case 3 -> checkpoint(false);
        case 4 -> forgetAfter(() -> catalog.retain(1 + random.nextInt(3), this::dies));
        case 5, 6 -> collect(this::dies);
        case 7 -> restart();
        default -> deleteSavepoint();
      }
      assertNothingIsMissing();
    }

    /** As a power cut in the middle of deleting, or a coordinator that is fenced. */
    boolean dies() {
      return random.nextInt(5) != 0;
    }

    /** Builds on the newest completed one, and uploads what is new. */
    void checkpoint(boolean completes) {
      List<String> names = new ArrayList<>();
      for (String blob : Collector.blobs(newest.tasks())) {
        if (random.nextInt(3) != 0) {
          names.add(blob);
        }
      }
      for (int i = random.nextInt(3); i > 0; i--) {
        // Now and then what was there before, and may be unnamed and old by now.
        int upload = random.nextInt(4) == 0 ? random.nextInt(uploads + 1) : uploads++;
        String blob = "blobs/aa/" + upload;
        blobs.put(blob, BlobStore.Source.of(new byte[4]));
        names.add(blob);
        if (random.nextInt(3) == 0) {
          blobs.now += random.nextInt(3_000); // a slow upload, and a collection meanwhile
          collectWith(names, () -> true);
        }
      }
      numbers++;
      if (completes) {
        String savepoint = random.nextInt(5) == 0 ? "s" + numbers : "";
        newest = CatalogTest.manifest(numbers, savepoint, names);
        catalog.publish(newest);
        index.put(numbers, newest);
        savepoints.add(savepoint);
        savepoints.remove("");
      }
    }

    void collect(java.util.function.BooleanSupplier mayDelete) {
      collectWith(List.of(), mayDelete);
    }

    private void collectWith(List<String> parts, java.util.function.BooleanSupplier mayDelete) {
      Set<String> inUse = new HashSet<>(parts);
      inUse.addAll(Collector.blobs(newest.tasks()));
      Collector.Outcome outcome =
          new Collector(blobs, catalog).collect(inUse, Duration.ofMillis(GRACE), mayDelete);
      assertThat(outcome.refused()).isNull();
    }

    private void restart() {
      catalog = new Catalog(blobs);
      catalog.know(index.values().stream().map(Location::of).toList());
    }

    private void deleteSavepoint() {
      String name = savepoints.pollFirst();
      if (name != null) {
        forgetAfter(() -> catalog.delete(Location.savepoint(name)));
      }
    }

    private void forgetAfter(Runnable deletion) {
      deletion.run();
      index.values().removeIf(manifest -> !blobs.has(Location.of(manifest).manifest()));
    }

    private void assertNothingIsMissing() {
      for (CheckpointManifest manifest : index.values()) {
        assertThat(Collector.blobs(manifest.tasks())).allMatch(blobs::has);
      }
    }

    void assertNothingIsLeftOver() {
      blobs.now += 100_000;
      collect(() -> true);
      Set<String> named =
          index.values().stream()
              .flatMap(manifest -> Collector.blobs(manifest.tasks()).stream())
              .collect(Collectors.toSet());
      named.addAll(Collector.blobs(newest.tasks()));
      assertThat(blobs.names().stream().filter(name -> name.startsWith("blobs/")))
          .isSubsetOf(named);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 500, 5_000})
  void no_blob_that_is_named_is_deleted_and_in_the_end_no_other_is_left(long lag) {
    for (long seed = 0; seed < 40; seed++) {
      Life life = new Life(seed, lag);
      try {
        for (int step = 0; step < 60; step++) {
          life.step();
        }
        life.assertNothingIsLeftOver();
      } catch (AssertionError e) {
        throw new AssertionError("seed " + seed + ", lag " + lag + ": " + e, e);
      }
    }
  }

  @Test
  void what_lists_do_not_show_yet_is_missed_by_nobody_who_knows_of_it() {
    LaggingBlobStore blobs = new LaggingBlobStore(new Random(3), Long.MAX_VALUE / 2);
    blobs.put("blobs/aa/x", BlobStore.Source.of(new byte[4]));
    new Catalog(blobs).publish(CatalogTest.manifest(1, "", List.of("blobs/aa/x")));
    blobs.now += 10_000;
    for (int i = 0; i < 50; i++) {
      Catalog catalog = new Catalog(blobs);
      catalog.know(List.of(Location.checkpoint(1), Location.checkpoint(2)));
      new Collector(blobs, catalog).collect(Set.of(), Duration.ZERO, () -> true);
      assertThat(blobs.has("blobs/aa/x")).isTrue();
      assertThat(catalog.list()).hasSize(1);
    }
  }
}
