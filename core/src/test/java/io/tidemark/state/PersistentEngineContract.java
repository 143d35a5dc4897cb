package io.tidemark.state;

import static io.tidemark.state.StoreModel.bytes;
import static io.tidemark.state.StoreModel.put;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What an engine promises further if its contents survive the process. */
public abstract class PersistentEngineContract extends EngineContract {

  @Test
  void contents_and_commit_are_there_after_reopening() {
    engine.apply(List.of(put(0, "a", "1"), put(2, "b", "2")), new EngineCommit(5, 50));
    reopen("first", "second", "third");
    assertThat(engine.commit()).isEqualTo(new EngineCommit(5, 50));
    assertThat(engine.get(0, bytes("a"))).isEqualTo(bytes("1"));
    assertThat(engine.get(1, bytes("a"))).isNull();
    assertThat(engine.get(2, bytes("b"))).isEqualTo(bytes("2"));
  }

  @Test
  void stores_are_known_by_name_whatever_their_order() {
    engine.apply(List.of(put(0, "a", "first"), put(2, "a", "third")), new EngineCommit(1, 1));
    reopen("third", "second", "first");
    assertThat(engine.get(0, bytes("a"))).isEqualTo(bytes("third"));
    assertThat(engine.get(1, bytes("a"))).isNull();
    assertThat(engine.get(2, bytes("a"))).isEqualTo(bytes("first"));
  }

  @Test
  void a_store_may_be_added_and_starts_empty() {
    engine.apply(List.of(put(0, "a", "first")), new EngineCommit(1, 1));
    reopen("default", "first", "second", "third");
    assertThat(engine.commit()).isEqualTo(new EngineCommit(1, 1));
    assertThat(engine.get(0, bytes("a"))).isNull();
    assertThat(engine.get(1, bytes("a"))).isEqualTo(bytes("first"));

    engine.apply(List.of(put(0, "b", "default"), put(1, "b", "first")), new EngineCommit(2, 2));
    reopen("first", "default");
    assertThat(engine.commit()).isEqualTo(new EngineCommit(2, 2));
    assertThat(engine.get(0, bytes("b"))).isEqualTo(bytes("first"));
    assertThat(engine.get(1, bytes("b"))).isEqualTo(bytes("default"));
  }

  @Test
  void a_store_that_is_left_out_keeps_its_contents() {
    engine.apply(List.of(put(0, "a", "first"), put(1, "a", "second")), new EngineCommit(1, 1));
    reopen("first");
    engine.apply(List.of(put(0, "a", "changed")), new EngineCommit(2, 2));
    reopen("second", "first");
    assertThat(engine.commit()).isEqualTo(new EngineCommit(2, 2));
    assertThat(engine.get(0, bytes("a"))).isEqualTo(bytes("second"));
    assertThat(engine.get(1, bytes("a"))).isEqualTo(bytes("changed"));
  }

  @Test
  void a_snapshot_after_reopening_equals_the_commit() {
    engine.apply(List.of(put(0, "a", "1"), put(2, "b", "2")), new EngineCommit(5, 50));
    reopen("first", "second", "third");
    try (EngineSnapshot snapshot = engine.snapshot()) {
      engine.apply(List.of(put(0, "a", "x"), put(1, "b", "x")), new EngineCommit(6, 60));
      assertThat(snapshot.commit()).isEqualTo(new EngineCommit(5, 50));
      assertThat(snapshot.get(0, bytes("a"))).isEqualTo(bytes("1"));
      assertThat(snapshot.get(1, bytes("b"))).isNull();
      assertThat(snapshot.get(2, bytes("b"))).isEqualTo(bytes("2"));
    }
  }

  @Test
  void snapshots_and_iterators_left_open_do_not_keep_an_engine_from_closing() {
    engine.apply(List.of(put(0, "a", "1"), put(0, "b", "2")), new EngineCommit(1, 1));
    for (int i = 0; i < 10; i++) {
      EngineSnapshot left = engine.snapshot();
      left.scan(0, new byte[0], null);
      engine.scan(0, new byte[0], null).next();
    }
    reopen("first", "second", "third");
    assertThat(engine.get(0, bytes("a"))).isEqualTo(bytes("1"));
  }

  @Override
  protected void betweenCommits(Random choice) {
    if (choice.nextBoolean()) {
      engine.flush();
    } else {
      reopen("first", "second", "third");
    }
  }

  @Test
  void a_killed_process_leaves_the_state_at_a_commit() throws Exception {
    killRepeatedly(6);
  }

  @Tag("slow")
  @Test
  void a_process_killed_very_often_leaves_the_state_at_a_commit() throws Exception {
    killRepeatedly(150);
  }

  private void killRepeatedly(int rounds) throws Exception {
    engine.close();
    long seed = seed();
    Random random = new Random(seed);
    RandomChanges changes = CommittingProcess.changes(seed);
    StoreModel model = new StoreModel(CommittingProcess.STORES.size());
    long before = 0;
    try {
      for (int round = 0; round < rounds; round++) {
        long durable = commitUntilKilled(seed, random.nextInt(250));
        engine = open(CommittingProcess.STORES.toArray(String[]::new));
        long number = engine.commit().number();
        assertThat(number).isGreaterThanOrEqualTo(Math.max(durable, before));
        assertThat(engine.commit()).isEqualTo(CommittingProcess.commit(number));
        while (before < number) {
          model.apply(changes.of(++before, CommittingProcess.MOST_CHANGES));
        }
        model.assertHeldBy(engine);
        engine.close();
      }
      assertThat(before).as("commits that survived").isPositive();
    } catch (AssertionError failure) {
      throw new AssertionError("repeat with -Dtidemark.seed=" + seed + ": " + failure, failure);
    }
  }

  /** Kills a process some time after it began; returns the last commit that it knew was durable. */
  private long commitUntilKilled(long seed, int afterMs) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(CommittingProcess.class.getName());
    command.addAll(List.of(factory.type(), directory.toString(), Long.toString(seed)));
    storeProperties().forEach((key, value) -> command.add(key + "=" + value));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    try (BufferedReader lines = process.inputReader()) {
      long durable = number(lines);
      assertThat(durable).as("first line of the process").isNotNegative();
      process.waitFor(afterMs, TimeUnit.MILLISECONDS);
      // By its handle: the process itself would close the stream that is yet to be read.
      process.toHandle().destroyForcibly();
      for (long next = number(lines); next >= 0; next = number(lines)) {
        durable = next;
      }
      return durable;
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  /** The next number that was printed, which a log may surround; -1 if none follows. */
  private static long number(BufferedReader lines) throws IOException {
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      Matcher matcher = CommittingProcess.DURABLE.matcher(line);
      if (matcher.matches()) {
        return Long.parseLong(matcher.group(1));
      }
    }
    return -1;
  }

  private void reopen(String... stores) {
    engine.close();
    engine = open(stores);
  }
}
