package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.Partition;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.RestoreProgress;
import io.tidemark.checkpoint.Timeline;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockDecoder;
import io.tidemark.journal.BlockDecoder.LocatedBlock;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalRecord;
import io.tidemark.journal.MemoryJournals;
import io.tidemark.journal.StoreChanges;
import io.tidemark.state.Slots;
import io.tidemark.state.StateDirectory;
import io.tidemark.system.MemoryRecord;
import io.tidemark.system.StreamSpec;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Cuts of two stages that are joined by an intermediate stream, which the second also sends to:
 * whatever the interleaving, cuts of the same number are consistent, and a job that is started from
 * them ends as if nothing had happened.
 */
@Timeout(120)
class ConsistentCutsTest {
  private static final SystemStream MID = new SystemStream("memory", "mid");
  private static final int PER_STAGE = 2;
  private static final List<String> STAGES = List.of("a", "b");

  @TempDir Path root;

  /**
   * Sends a record on while it has hops left, and counts it when it has none. Counts what it sends
   * to and receives from each channel.
   */
  private static final class Hopping implements StreamTask, InitableTask {
    private KeyValueStore<String, String> store;
    private TaskName name;

    @Override
    public void init(Context context) {
      store = context.getTaskContext().getStore("store");
      name = context.getTaskContext().getTaskName();
    }

    @Override
    public void process(
        IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
      assertThat(envelope.getHeaders()).isEmpty();
      String[] words = ((String) envelope.getMessage()).split(" ", -1); // id hops [sender]
      if (words.length == 3) {
        add(words[2] + ">" + name.partition() + " received");
      }
      int hops = Integer.parseInt(words[1]);
      if (hops == 0) {
        add("done " + words[0]);
        return;
      }
      int target = (words[0].hashCode() + hops) & 1;
      add(name + ">" + target + " sent");
      collector.send(
          new OutgoingMessageEnvelope(
              MID, new Partition(target), words[0], words[0] + " " + (hops - 1) + " " + name));
    }

    private void add(String counter) {
      String before = store.get(counter);
      store.put(counter, before == null ? "1" : "" + (Integer.parseInt(before) + 1));
    }
  }

  @Test
  void whateverTheInterleavingACutIsConsistentAndTheJobCanBeStartedFromIt() {
    long seed = Long.getLong("tidemark.seed", System.nanoTime());
    Random seeds = new Random(seed);
    for (int round = 0; round < 40; round++) {
      try {
        new Graph(new Random(seeds.nextLong()), root.resolve("round" + round)).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + round + ": " + e, e);
      }
    }
  }

  private static final class Graph {
    private final Random random;
    private final Setting shared;
    private final List<List<TaskName>> workers =
        List.of(
            List.of(new TaskName("a", 0), new TaskName("b", 0)),
            List.of(new TaskName("a", 1)),
            List.of(new TaskName("b", 1)));
    private final List<Setting> settings = new ArrayList<>();
    private final List<Worker> running = new ArrayList<>();
    private int sent;
    private int incarnation;

    Graph(Random random, Path directory) {
      this.random = random;
      shared = new Setting(directory, Hopping::new);
      shared.partitions = PER_STAGE;
      shared.create();
      shared.memory.admin().create(new StreamSpec("mid", PER_STAGE, Map.of()));
      for (String journal : List.of("j1", "j2")) {
        new MemoryJournals(shared.memory).journal(journal).create(2 * PER_STAGE);
      }
    }

    void run() {
      start(new Timeline(1, "j1", List.of(), List.of()), SnapshotSource.NONE);
      long cuts = drive(300, 0, true);
      running.forEach(Worker::close);
      long chosen = newestWholeCut(cuts);
      assertThat(chosen).as("a cut that all tasks have made").isPositive();
      for (long cut = 1; cut <= chosen; cut++) {
        assertConsistent(cut);
      }
      long from = 1 + random.nextInt((int) chosen);
      if (!isWhole(from)) {
        from = chosen;
      }
      start(
          new Timeline(2, "j2", List.of(), List.of(new Timeline.Origin(2, from))),
          new Blocks(shared, from));
      drive(100, cuts, false);
      finish();
      assertEachWasDoneOnce();
    }

    private void start(Timeline timeline, SnapshotSource snapshots) {
      settings.clear();
      running.clear();
      for (int i = 0; i < workers.size(); i++) {
        Path directory = shared.directory.resolve("t" + timeline.number() + "-" + i);
        Setting setting = new Setting(directory, Hopping::new, shared);
        setting.timeline = timeline;
        setting.snapshots = snapshots;
        setting.intermediate = Set.of("mid");
        settings.add(setting);
        running.add(opened(i));
      }
    }

    private Worker opened(int worker) {
      Worker opened = settings.get(worker).idle("w" + worker + "-" + ++incarnation);
      opened.begin(workers.get(worker).stream().map(Graph::spec).toList());
      return opened;
    }

    private static TaskSpec spec(TaskName name) {
      SystemStream stream = name.stage().equals("a") ? new SystemStream("memory", "in") : MID;
      Map<SystemStreamPartition, InputSpec> inputs = new LinkedHashMap<>();
      inputs.put(
          new SystemStreamPartition(stream, new Partition(name.partition())),
          new InputSpec(
              stream,
              Setting.strings(),
              Setting.strings(),
              true,
              InputSpec.OnError.FAIL,
              null,
              null,
              stream.equals(MID)));
      return new TaskSpec(
          name,
          journalPartition(name),
          inputs,
          PER_STAGE,
          PER_STAGE,
          Slots.forPartitions(PER_STAGE),
          List.of(Setting.store("store")),
          List.of(),
          Hopping::new);
    }

    private long drive(int steps, long cutsBefore, boolean withKills) {
      long cut = cutsBefore;
      for (int step = 0; step < steps; step++) {
        int worker = random.nextInt(running.size());
        switch (random.nextInt(10)) {
          case 0, 1 ->
              shared.send("in", random.nextInt(PER_STAGE), sent++ + " " + random.nextInt(5));
          case 2 -> settings.get(worker).nowMs += 100;
          case 3 -> {
            if (random.nextInt(4) == 0) {
              cut++; // this one hears of it first, perhaps the only one
            }
            running.get(worker).cut(cut);
          }
          case 4 -> {
            if (withKills && random.nextInt(5) == 0) {
              running.get(worker).close();
              running.set(worker, opened(worker));
            }
          }
          default -> running.get(worker).doWork();
        }
      }
      long last = cut + 1;
      running.forEach(each -> each.cut(last));
      for (int i = 0; i < 20; i++) {
        settings.forEach(setting -> setting.nowMs += 100);
        running.forEach(Worker::doWork);
      }
      return last;
    }

    private void finish() {
      for (int i = 0; i < 40; i++) {
        settings.forEach(setting -> setting.nowMs += 100);
        running.forEach(Worker::doWork);
      }
    }

    private long newestWholeCut(long cuts) {
      for (long cut = cuts; cut > 0; cut--) {
        if (isWhole(cut)) {
          return cut;
        }
      }
      return 0;
    }

    private boolean isWhole(long cut) {
      return names().stream().allMatch(name -> cutBlock(shared, name, cut) != null);
    }

    private void assertConsistent(long cut) {
      if (!isWhole(cut)) {
        return;
      }
      Map<String, Integer> counters = new HashMap<>();
      names().forEach(name -> counters.putAll(stateAt(name, cut)));
      counters.forEach(
          (counter, received) -> {
            if (counter.endsWith(" received")) {
              String channel = counter.substring(0, counter.indexOf(' '));
              assertThat(counters.getOrDefault(channel + " sent", 0))
                  .as("cut %d, channel %s", cut, channel)
                  .isGreaterThanOrEqualTo(received);
            }
          });
    }

    private void assertEachWasDoneOnce() {
      Map<String, Integer> done = new HashMap<>();
      for (int i = 0; i < running.size(); i++) {
        for (TaskName name : workers.get(i)) {
          var store = running.get(i).store(name, "store");
          try (var all = ((KeyValueStore<?, ?>) store).all()) {
            all.forEachRemaining(
                entry -> {
                  String counter = (String) entry.key();
                  if (counter.startsWith("done ")) {
                    done.merge(counter, Integer.parseInt((String) entry.value()), Integer::sum);
                  }
                });
          }
        }
      }
      running.forEach(Worker::close);
      Map<String, Integer> expected = new HashMap<>();
      for (int id = 0; id < sent; id++) {
        expected.put("done " + id, 1);
      }
      assertThat(done).isEqualTo(expected);
    }

    private Map<String, Integer> stateAt(TaskName name, long cut) {
      Map<String, Integer> state = new HashMap<>();
      for (Block block : upTo(shared, name, cut)) {
        for (StoreChanges changes : block.stores()) {
          for (StoreChanges.Cursor change = changes.cursor(); change.next(); ) {
            String key = text(change.array(), change.keyOffset() + 2, change.keyLength() - 2);
            String value = text(change.array(), change.valueOffset() + 1, change.valueLength() - 1);
            state.put(key, Integer.parseInt(value));
          }
        }
      }
      return state;
    }
  }

  private static String text(byte[] bytes, int from, int length) {
    return new String(Arrays.copyOfRange(bytes, from, from + length), StandardCharsets.UTF_8);
  }

  private static List<TaskName> names() {
    List<TaskName> names = new ArrayList<>();
    for (String stage : STAGES) {
      for (int i = 0; i < PER_STAGE; i++) {
        names.add(new TaskName(stage, i));
      }
    }
    return names;
  }

  private static int journalPartition(TaskName name) {
    return STAGES.indexOf(name.stage()) * PER_STAGE + name.partition();
  }

  private static List<LocatedBlock> blocks(Setting setting, TaskName name) {
    BlockDecoder decoder = new BlockDecoder("j1");
    List<LocatedBlock> blocks = new ArrayList<>();
    for (MemoryRecord record : setting.memory.records("j1", journalPartition(name))) {
      LocatedBlock block = decoder.add(new JournalRecord(record.offset(), record.value()));
      if (block != null) {
        blocks.add(block);
      }
    }
    return blocks;
  }

  private static @Nullable LocatedBlock cutBlock(Setting setting, TaskName name, long cut) {
    return blocks(setting, name).stream()
        .filter(block -> block.block().marks().cut() == cut)
        .findFirst()
        .orElse(null);
  }

  private static List<Block> upTo(Setting setting, TaskName name, long cut) {
    long last = cutBlock(setting, name, cut).block().number();
    return blocks(setting, name).stream()
        .map(LocatedBlock::block)
        .filter(block -> block.number() <= last)
        .toList();
  }

  /** A snapshot that has no files, and all blocks up to the cut. */
  private record Blocks(Setting setting, long cut) implements SnapshotSource {
    @Override
    public boolean has(TaskName task) {
      return true;
    }

    @Override
    public Fetched fetch(
        TaskName task,
        int partition,
        StateDirectory directory,
        JournalReader journal,
        RestoreProgress.Listener listener) {
      List<Block> blocks = upTo(setting, task, cut);
      Block last = blocks.get(blocks.size() - 1);
      return new Fetched(
          cut,
          last.number(),
          -1,
          null,
          last.timeMs(),
          last.positions(),
          blocks.get(0).opening().stores(),
          PER_STAGE,
          PER_STAGE,
          Slots.forPartitions(PER_STAGE),
          new BlocksInMemory(blocks));
    }
  }
}
