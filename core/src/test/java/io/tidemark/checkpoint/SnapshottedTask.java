package io.tidemark.checkpoint;

import io.tidemark.api.Partition;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockBuilder;
import io.tidemark.journal.BlockEncoder;
import io.tidemark.journal.Guarantee;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalWriter;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.journal.StoreChanges;
import io.tidemark.state.Change;
import io.tidemark.state.EngineCommit;
import io.tidemark.state.EngineFactory;
import io.tidemark.state.EngineFiles;
import io.tidemark.state.EngineOptions;
import io.tidemark.state.StorageEngine;
import io.tidemark.state.StoreModel;
import io.tidemark.system.MemorySystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.IntStream;

/**
 * A task with one engine: it commits changes to its journal and applies them to the engine when it
 * is told to, and remembers what it held after each commit. Confined to one thread, but for what
 * snapshots call.
 */
final class SnapshottedTask implements TaskEngines, AutoCloseable {
  static final List<String> STORES = List.of("first", "second", "third");
  static final TaskName NAME = new TaskName("main", 0);
  private static final UUID JOURNAL_ID = new UUID(1, 2);

  private final EngineFactory factory;
  private final Map<String, String> properties;
  private final Path directory;
  private final MemoryJournals journals = new MemoryJournals(new MemorySystem("memory"));
  private final BlockBuilder builder = new BlockBuilder();
  private final List<Unapplied> unapplied = new ArrayList<>();
  final TreeMap<Long, StoreModel> models = new TreeMap<>();
  private final TreeMap<Long, Long> positions = new TreeMap<>();
  private Journal journal;
  private JournalWriter writer;
  StorageEngine engine;
  long commit;
  private long generation = 1;
  private boolean opens;
  Runnable beforeFreeze = () -> {};
  Runnable afterFreeze = () -> {};
  Runnable beforeRead = () -> {};

  private record Unapplied(List<Change> changes, EngineCommit commit) {}

  SnapshottedTask(EngineFactory factory, Map<String, String> properties, Path directory)
      throws IOException {
    this.factory = factory;
    this.properties = properties;
    this.directory = directory;
    models.put(0L, new StoreModel(STORES.size()));
    Files.createDirectories(engineDirectory());
    engine = factory.open(options(engineDirectory()));
    beginJournal("journal");
  }

  /** Goes on with another journal, whose first block follows the last one. */
  void beginJournal(String name) {
    journal = journals.journal(name);
    journal.create(1);
    writer = journal.writer("writer", Guarantee.EXACTLY_ONCE);
  }

  private Path engineDirectory() {
    return directory.resolve(factory.type());
  }

  Path staging() {
    return directory.resolve("snapshot");
  }

  EngineOptions options(Path files) {
    return new EngineOptions(
        files,
        NAME.toString(),
        STORES.stream().map(name -> new EngineOptions.Store(name, properties)).toList());
  }

  /** Commits changes, which are not applied yet. */
  void commit(List<Change> changes) throws Exception {
    commit++;
    append(commit, generation, changes);
    long position = writer.commit().get().get(0);
    positions.put(commit, position);
    unapplied.add(new Unapplied(changes, new EngineCommit(commit, position)));
    StoreModel model = models.get(commit - 1).copy();
    model.apply(changes);
    models.put(commit, model);
  }

  /** Begins a generation, while the owner before still appends a block that does not count. */
  void beginGeneration(List<Change> changes) throws Exception {
    generation++;
    opens = true;
    commit(List.of());
    opens = false;
    append(commit, generation - 1, changes);
    writer.commit().get();
  }

  private void append(long number, long ofGeneration, List<Change> changes) {
    builder.begin(number, ofGeneration, 1000 + number, "writer", JOURNAL_ID);
    if (opens) {
      builder.opening(new Block.Opening(1, 1, 128, 0, List.of()));
    }
    for (int store = 0; store < STORES.size(); store++) {
      int index = store;
      List<Change> own = changes.stream().filter(change -> change.store() == index).toList();
      if (!own.isEmpty()) {
        builder.beginStore(STORES.get(store), own.size());
        own.forEach(change -> builder.change(change.key(), change.value()));
        builder.endStore();
      }
    }
    writer.append(0, builder.build(new BlockEncoder(700)).records());
  }

  /** Applies all but so many commits. */
  void applyAllBut(int left) {
    while (unapplied.size() > left) {
      Unapplied next = unapplied.remove(0);
      engine.apply(next.changes(), next.commit());
    }
  }

  /** The last commit as a cut. */
  TaskCut cut() {
    return new TaskCut(
        NAME,
        1,
        1,
        128,
        commit,
        positions.getOrDefault(commit, 0L),
        1000 + commit,
        Map.of(new SystemStreamPartition("memory", "in", new Partition(0)), "" + commit),
        List.of());
  }

  SnapshotTaker.Request request(TaskManifest former) {
    return request(cut(), former, true);
  }

  SnapshotTaker.Request request(TaskCut cut, TaskManifest former, boolean sameJournal) {
    return new SnapshotTaker.Request(
        cut, this, this::reader, 0, staging(), former, sameJournal, List.of());
  }

  private JournalReader reader() {
    beforeRead.run();
    return journal.reader();
  }

  @Override
  public SortedMap<String, List<String>> stores() {
    return new TreeMap<>(Map.of(factory.type(), STORES));
  }

  @Override
  public EngineCommit freeze(String type, Path into, long mostUnflushed) {
    beforeFreeze.run();
    EngineCommit frozen = engine.freeze(into, mostUnflushed);
    afterFreeze.run();
    return frozen;
  }

  @Override
  public EngineFiles open(String type, Path files) {
    return factory.openFiles(options(files));
  }

  /** Restores a snapshot to a directory and checks that it has what the task had at the cut. */
  void assertRestores(SnapshotRestorer restorer, TaskManifest manifest, Path target) {
    try (RestoredSnapshot restored =
            restorer.restore(manifest, target, true, RestoreProgress.Listener.NONE);
        StorageEngine opened = factory.open(options(target.resolve(factory.type())))) {
      restored.replay(
          block -> {
            if (block.block().number() > opened.commit().number()) {
              opened.apply(
                  changes(block.block()),
                  new EngineCommit(block.block().number(), block.position()));
            }
          });
      models.get(manifest.commit()).assertHeldBy(opened);
      opened.flush();
      restored.keep();
    }
  }

  private static List<Change> changes(Block block) {
    List<Change> changes = new ArrayList<>();
    for (StoreChanges store : block.stores()) {
      for (StoreChanges.Cursor change = store.cursor(); change.next(); ) {
        changes.add(
            new Change(
                STORES.indexOf(store.store()),
                slice(change.array(), change.keyOffset(), change.keyLength()),
                change.valueLength() < 0
                    ? null
                    : slice(change.array(), change.valueOffset(), change.valueLength())));
      }
    }
    return changes;
  }

  private static byte[] slice(byte[] array, int from, int length) {
    return Arrays.copyOfRange(array, from, from + length);
  }

  /** Changes that give so many keys of each store new values. */
  static List<Change> puts(int from, int count, int every, long round) {
    List<Change> changes = new ArrayList<>();
    for (int store = 0; store < STORES.size(); store++) {
      int index = store;
      IntStream.range(from, from + count)
          .filter(key -> key % every == 0)
          .forEach(key -> changes.add(put(index, key, round)));
    }
    return changes;
  }

  private static Change put(int store, int key, long round) {
    byte[] value = new byte[100];
    new Random(key * 31L + round).nextBytes(value);
    byte[] bytes = ByteBuffer.allocate(6).putShort((short) (key >> 8)).putInt(key).array();
    return new Change(store, bytes, value);
  }

  @Override
  public void close() {
    engine.close();
  }
}
