package io.tidemark.integration;

import io.tidemark.api.LongSerde;
import io.tidemark.api.StringSerde;
import io.tidemark.api.TaskName;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.StateCopy;
import io.tidemark.state.StateDirectory;
import io.tidemark.stores.rocksdb.RocksDbEngineFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A counting job's directory of local state, while the job does not run. */
record LocalState(Path root, String job, int partitions) {

  /** The entries of the store that are here, whatever the journal has beyond them. */
  Map<String, Long> entries() {
    Map<String, Long> entries = new HashMap<>();
    List<EngineOptions.Store> stores = List.of(new EngineOptions.Store("counts", Map.of()));
    try (RocksDbEngineFactory factory = new RocksDbEngineFactory()) {
      for (int partition = 0; partition < partitions; partition++) {
        try (StateDirectory directory =
            StateDirectory.open(root, job, new TaskName("main", partition))) {
          StateCopy copy = StateCopy.read(directory, factory, stores);
          entries.putAll(copy.entries("counts", new StringSerde(), new LongSerde()));
        }
      }
    }
    return entries;
  }

  /** The directory of one task. */
  Path task(int partition) {
    return root.resolve(job).resolve("main-" + partition);
  }

  /** Every file of which the name ends so. */
  List<Path> files(String suffix) {
    return found(root.resolve(job)).stream()
        .filter(Files::isRegularFile)
        .filter(file -> file.toString().endsWith(suffix))
        .toList();
  }

  /** Copies everything to another, empty place. */
  LocalState copyTo(Path place) {
    try {
      for (Path from : found(root)) {
        Path to = place.resolve(root.relativize(from).toString());
        if (Files.isDirectory(from)) {
          Files.createDirectories(to);
        } else {
          Files.copy(from, to);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new LocalState(place, job, partitions);
  }

  /** Removes everything. */
  void delete() {
    try {
      for (Path path : found(root).stream().sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The bytes of every file, to see whether anything changed. */
  Map<Path, String> contents() {
    Map<Path, String> contents = new HashMap<>();
    for (Path file : files("")) {
      try {
        contents.put(file, HexFormat.of().formatHex(Files.readAllBytes(file)));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return contents;
  }

  private static List<Path> found(Path directory) {
    try (Stream<Path> found = Files.walk(directory)) {
      return found.toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
