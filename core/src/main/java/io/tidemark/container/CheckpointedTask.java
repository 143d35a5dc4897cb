package io.tidemark.container;

import io.tidemark.checkpoint.CheckpointManifest;
import io.tidemark.checkpoint.EngineManifest;
import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.Reshaper.Reshaped;
import io.tidemark.checkpoint.RestoredSnapshot;
import io.tidemark.checkpoint.TaskManifest;
import io.tidemark.journal.Block;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.EngineFiles;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.Slots;
import io.tidemark.state.StoreSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The state of a task as a checkpoint has it, in a temporary directory: its engines' files, open
 * for reading, and the blocks that are still to be applied. Confined to one thread.
 */
final class CheckpointedTask implements AutoCloseable {
  private final CheckpointManifest from;
  private final EngineCommit cut;
  private final Slots slots;
  private final Path directory;
  private final @Nullable TaskManifest part;
  private final @Nullable RestoredSnapshot restored;
  private final Function<String, EngineFactory> engines;
  private final Map<String, EngineFiles> files = new HashMap<>();

  private CheckpointedTask(
      CheckpointManifest from,
      EngineCommit cut,
      Slots slots,
      Path directory,
      @Nullable TaskManifest part,
      @Nullable RestoredSnapshot restored,
      Function<String, EngineFactory> engines) {
    this.from = from;
    this.cut = cut;
    this.slots = slots;
    this.directory = directory;
    this.part = part;
    this.restored = restored;
    this.engines = engines;
  }

  /**
   * A part as it is.
   *
   * @param position where the journal has the cut; {@link LocalTask#BEFORE_JOURNAL} if that is
   *     another one, which leads on from there
   */
  static CheckpointedTask whole(
      CheckpointManifest from,
      TaskManifest part,
      long position,
      RestoredSnapshot restored,
      Path directory,
      Function<String, EngineFactory> engines) {
    return new CheckpointedTask(
        from,
        new EngineCommit(part.commit(), position),
        new Slots(part.slots(), part.tasks(), part.task().partition()),
        directory,
        part,
        restored,
        engines);
  }

  /** What a task was made of that was divided anew, or has other stores. */
  static CheckpointedTask reshaped(
      CheckpointManifest from,
      Reshaped reshaped,
      Slots slots,
      Path directory,
      Function<String, EngineFactory> engines) {
    return new CheckpointedTask(
        from,
        new EngineCommit(reshaped.commit(), LocalTask.BEFORE_JOURNAL),
        slots,
        directory,
        null,
        null,
        engines);
  }

  /** What it is of, for people. */
  String name() {
    return Location.of(from).toString();
  }

  /** The cut, and where the journal has it. */
  EngineCommit cut() {
    return cut;
  }

  Slots slots() {
    return slots;
  }

  /** The files with a store's entries; null if there are none. */
  @Nullable EngineFiles files(StoreSpec store) {
    return files.computeIfAbsent(store.name(), name -> open(store));
  }

  private @Nullable EngineFiles open(StoreSpec store) {
    for (String type : types(store)) {
      Path path = directory.resolve(type);
      if (Files.isDirectory(path)) {
        return engines
            .apply(type)
            .openFiles(
                new EngineOptions(
                    path,
                    String.valueOf(directory.getFileName()),
                    List.of(new EngineOptions.Store(store.name(), store.properties()))));
      }
    }
    return null;
  }

  /** The engines that may have a store, the likeliest first. */
  private List<String> types(StoreSpec store) {
    List<String> types = new ArrayList<>();
    if (part != null) {
      part.engines().stream()
          .filter(engine -> engine.digests().containsKey(store.name()))
          .forEach(engine -> types.add(engine.type()));
    }
    types.add(store.engine());
    if (part != null) {
      part.engines().stream().map(EngineManifest::type).forEach(types::add);
    }
    return types;
  }

  /** Gives the blocks up to the cut that the engines may not have. */
  void replay(Consumer<Block> blocks) {
    if (restored != null) {
      restored.replay(located -> blocks.accept(located.block()));
    }
  }

  @Override
  public void close() {
    files.values().forEach(EngineFiles::close);
    files.clear();
    if (restored != null) {
      restored.close();
    }
  }
}
