package io.tidemark.journal;

import static io.tidemark.system.StreamReading.record;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tidemark.api.FencedException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/**
 * Drives a journal with random steps beside a model of what must be visible: two lists per
 * partition, to which a commit moves what was sent before it.
 */
final class JournalModel {
  private static final int PARTITIONS = 2;

  private final Journal journal;
  private final String stream;
  private final String writerName;
  private final Random random;
  private final List<List<String>> blocks = lists();
  private final List<List<String>> outputs = lists();
  private List<List<String>> pendingBlocks = lists();
  private List<List<String>> pendingOutputs = lists();
  private JournalWriter writer;
  private CompletableFuture<Map<Integer, Long>> commit =
      CompletableFuture.completedFuture(Map.of());
  private int number;

  JournalModel(Journal journal, String stream, String writerName, Random random) {
    this.journal = journal;
    this.stream = stream;
    this.writerName = writerName;
    this.random = random;
    this.writer = journal.writer(writerName, Guarantee.EXACTLY_ONCE);
  }

  void run(
      int steps, IntFunction<List<String>> visibleBlocks, IntFunction<List<String>> visibleOutputs)
      throws Exception {
    for (int i = 0; i < steps; i++) {
      step();
    }
    commit();
    commit.get(60, TimeUnit.SECONDS);
    writer.close();
    for (int p = 0; p < PARTITIONS; p++) {
      assertThat(visibleBlocks.apply(p)).isEqualTo(blocks.get(p));
      assertThat(visibleOutputs.apply(p)).isEqualTo(outputs.get(p));
    }
  }

  private void step() throws Exception {
    switch (random.nextInt(12)) {
      case 0, 1, 2 -> commit();
      case 3 -> writer.outputs().flush();
      case 4 -> reopen();
      case 5 -> takeOver();
      case 6 -> {
        commit.get(60, TimeUnit.SECONDS);
        journal.fence(writerName);
        former(writer);
        writer = journal.writer(writerName, Guarantee.EXACTLY_ONCE);
      }
      default -> send();
    }
  }

  private void send() {
    for (int i = random.nextInt(20); i > 0; i--) {
      int partition = random.nextInt(PARTITIONS);
      String text = "number " + number++;
      if (random.nextInt(4) == 0) {
        writer.append(partition, JournalContract.block(text));
        pendingBlocks.get(partition).add(text);
      } else {
        writer.outputs().send(record(stream, partition, text));
        pendingOutputs.get(partition).add(text);
      }
    }
  }

  /** Does not wait for the commit: what is sent next meets it under way. */
  private void commit() {
    commit = writer.commit();
    for (int p = 0; p < PARTITIONS; p++) {
      blocks.get(p).addAll(pendingBlocks.get(p));
      outputs.get(p).addAll(pendingOutputs.get(p));
    }
    forgetPending();
  }

  private void reopen() {
    writer.close();
    forgetPending();
    writer = journal.writer(writerName, Guarantee.EXACTLY_ONCE);
  }

  private void takeOver() throws Exception {
    commit.get(60, TimeUnit.SECONDS);
    JournalWriter successor = journal.writer(writerName, Guarantee.EXACTLY_ONCE);
    former(writer);
    writer = successor;
  }

  private void former(JournalWriter former) {
    Throwable error =
        catchThrowable(
            () -> {
              former.append(0, JournalContract.block("zombie"));
              JournalContract.commit(former);
            });
    assertThat(error).isInstanceOf(FencedException.class);
    former.close();
    forgetPending();
  }

  private void forgetPending() {
    pendingBlocks = lists();
    pendingOutputs = lists();
  }

  private static List<List<String>> lists() {
    List<List<String>> lists = new ArrayList<>();
    for (int p = 0; p < PARTITIONS; p++) {
      lists.add(new ArrayList<>());
    }
    return lists;
  }
}
