package io.tidemark.stores.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.tidemark.api.StateException;
import io.tidemark.state.Change;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.RandomChanges;
import io.tidemark.state.StorageEngine;
import io.tidemark.state.StoreModel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** On a file system of 16 MiB in memory; skipped where mounting one is not permitted. */
@EnabledOnOs(OS.LINUX)
class FullDiskTest {
  private static final RandomChanges CHANGES = new RandomChanges(7, 1, 500, 200);

  @TempDir Path mountPoint;

  private final RocksDbEngineFactory factory = new RocksDbEngineFactory(32 << 20);
  private boolean mounted;

  @BeforeEach
  void mountSmallFileSystem() throws Exception {
    mounted = run("mount", "-t", "tmpfs", "-o", "size=16m", "none", mountPoint.toString());
    assumeThat(mounted).as("mounting a small tmpfs is permitted").isTrue();
  }

  @AfterEach
  void unmount() throws Exception {
    factory.close();
    if (mounted) {
      assertThat(run("umount", mountPoint.toString())).isTrue();
    }
  }

  @Test
  void a_disk_that_fills_up_is_said_and_what_was_durable_stays() throws Exception {
    Path directory = Files.createDirectory(mountPoint.resolve("state"));
    StorageEngine engine = factory.open(options(directory));
    engine.apply(CHANGES.of(1, 400), new EngineCommit(1, 1));
    engine.flush();

    assertThatThrownBy(() -> fill(engine))
        .isInstanceOf(StateException.class)
        .hasMessageStartingWith(
            "TM-3004: cannot keep the state of task Partition 7 in " + directory)
        .hasMessageContaining("the disk is full");
    assertThatThrownBy(engine::close).isInstanceOf(StateException.class);

    makeRoom();
    try (StorageEngine reopened = factory.open(options(directory))) {
      long commit = reopened.commit().number();
      assertThat(commit).isPositive();
      StoreModel model = new StoreModel(1);
      model.apply(CHANGES.of(1, 400));
      for (long number = 2; number <= commit; number++) {
        model.apply(large(number));
      }
      model.assertHeldBy(reopened);
    }
  }

  @Test
  void nothing_is_opened_on_a_full_disk() throws IOException {
    Path directory = Files.createDirectory(mountPoint.resolve("state"));
    try (var out = Files.newOutputStream(mountPoint.resolve("ballast"))) {
      byte[] block = new byte[4096];
      assertThatThrownBy(
              () -> {
                while (true) {
                  out.write(block);
                }
              })
          .isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> factory.open(options(directory)))
        .isInstanceOf(StateException.class)
        .hasMessageStartingWith("TM-3004: ")
        .hasMessageContaining("the disk is full");
  }

  private void fill(StorageEngine engine) {
    for (long commit = 2; commit < 100; commit++) {
      engine.apply(large(commit), new EngineCommit(commit, commit));
      engine.flush();
    }
  }

  /** A MiB that does not compress. */
  private static List<Change> large(long commit) {
    List<Change> changes = new ArrayList<>();
    Random random = new Random(commit);
    for (int i = 0; i < 16; i++) {
      byte[] value = new byte[64 << 10];
      random.nextBytes(value);
      changes.add(new Change(0, new byte[] {9, 9, 9, 9, 9, 9, (byte) commit, (byte) i}, value));
    }
    return changes;
  }

  private void makeRoom() throws Exception {
    assertThat(run("mount", "-o", "remount,size=64m", mountPoint.toString())).isTrue();
  }

  private static EngineOptions options(Path directory) {
    return new EngineOptions(
        directory, "Partition 7", List.of(new EngineOptions.Store("counts", Map.of())));
  }

  private static boolean run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
  }
}
