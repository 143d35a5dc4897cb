package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.tidemark.api.LongSerde;
import io.tidemark.api.StringSerde;
import io.tidemark.api.TaskName;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockBuilder;
import io.tidemark.journal.BlockEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateCopyTest {
  private static final int SLOT = 258;

  @TempDir Path root;

  private final BlockBuilder builder = new BlockBuilder();
  private final BlockEncoder encoder = new BlockEncoder(1 << 20);

  @Test
  void theChangesOfAJournalMakeUpItsEntries() {
    StateCopy copy = StateCopy.empty();

    copy.apply(block(1, "counts", changes("a", 1L, "b", 2L)));
    copy.apply(block(2, "counts", changes("a", 3L, "b", null, "c", 4L)));

    assertThat(copy.entries("counts", new StringSerde(), new LongSerde()))
        .isEqualTo(Map.of("a", 3L, "c", 4L));
    assertThat(copy.commit()).isEqualTo(2);
  }

  @Test
  void aStoreThatNothingWasPutIntoIsEmpty() {
    assertThat(StateCopy.empty().entries("counts", new StringSerde(), new LongSerde())).isEmpty();
  }

  @Test
  void aBlockThatIsNotTheNextIsRefused() {
    StateCopy copy = StateCopy.empty();

    assertThatIllegalArgumentException()
        .isThrownBy(() -> copy.apply(block(2, "counts", Map.of())))
        .withMessage("commit 2 after commit 0");
  }

  @Test
  void anEngineAndTheJournalGiveTheSameForTheSameCommit() {
    List<Block> blocks =
        List.of(
            block(1, "counts", changes("a", 1L, "b", 2L)),
            block(2, "names", changes("a", 7L)),
            block(3, "counts", changes("b", null)));
    StateCopy journal = StateCopy.empty();
    blocks.forEach(journal::apply);

    StateCopy engine = read(blocks);

    assertThat(engine.entries("counts", new StringSerde(), new LongSerde()))
        .isEqualTo(Map.of("a", 1L));
    assertThat(engine.entries("names", new StringSerde(), new LongSerde()))
        .isEqualTo(Map.of("a", 7L));
    assertThat(engine.isSame(journal)).isTrue();
  }

  @Test
  void copiesDifferByOneValue() {
    StateCopy journal = StateCopy.empty();
    journal.apply(block(1, "counts", changes("a", 1L)));

    assertThat(read(List.of(block(1, "counts", changes("a", 2L)))).isSame(journal)).isFalse();
  }

  @Test
  void copiesOfDifferentCommitsDiffer() {
    StateCopy journal = StateCopy.empty();
    journal.apply(block(1, "counts", changes("a", 1L)));
    journal.apply(block(2, "counts", Map.of()));

    assertThat(read(List.of(block(1, "counts", changes("a", 1L)))).isSame(journal)).isFalse();
  }

  private StateCopy read(List<Block> blocks) {
    List<EngineOptions.Store> stores =
        List.of(
            new EngineOptions.Store("names", Map.of()),
            new EngineOptions.Store("counts", Map.of()));
    MemoryEngine engine = new MemoryEngine(stores.size());
    for (Block block : blocks) {
      engine.apply(
          new ChangeMerge(List.of(block), Map.of("names", 0, "counts", 1)),
          new EngineCommit(block.number(), 0));
    }
    try (StateDirectory directory =
        StateDirectory.open(root, "traffic-1", new TaskName("main", 3))) {
      return StateCopy.read(directory, new Prepared(engine), stores);
    }
  }

  private Block block(long number, String store, Map<String, @Nullable Long> changes) {
    builder.begin(number, 1, number, "writer", new UUID(1, 2));
    builder.beginStore(store, changes.size());
    changes.forEach(
        (key, value) ->
            builder.change(
                Slots.engineKey(SLOT, key.getBytes(StandardCharsets.UTF_8)),
                value == null
                    ? null
                    : StoredValue.of(0, StoredValue.NEVER, new LongSerde().toBytes(value))));
    builder.endStore();
    return builder.build(encoder).block();
  }

  private static Map<String, @Nullable Long> changes(@Nullable Object... keysAndValues) {
    Map<String, @Nullable Long> changes = new TreeMap<>();
    for (int i = 0; i < keysAndValues.length; i += 2) {
      changes.put((String) keysAndValues[i], (Long) keysAndValues[i + 1]);
    }
    return changes;
  }

  /** Opens an engine that was filled before. */
  private record Prepared(StorageEngine engine) implements EngineFactory {
    @Override
    public String type() {
      return "prepared";
    }

    @Override
    public StorageEngine open(EngineOptions options) {
      return engine;
    }
  }
}
