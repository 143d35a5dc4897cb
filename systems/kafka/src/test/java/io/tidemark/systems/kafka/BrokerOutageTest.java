package io.tidemark.systems.kafka;

import static io.tidemark.system.StreamReading.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.journal.Guarantee;
import io.tidemark.journal.Journal;
import io.tidemark.journal.JournalFactory;
import io.tidemark.journal.JournalReader;
import io.tidemark.journal.JournalRecord;
import io.tidemark.journal.JournalWriter;
import io.tidemark.system.RecordBatch;
import io.tidemark.system.StartPosition;
import io.tidemark.system.StreamReading;
import io.tidemark.system.StreamSpec;
import io.tidemark.system.SystemConsumer;
import io.tidemark.systems.kafka.broker.LocalKafka;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A writer and a reader go on through an absence of the broker, and nothing is lost or repeated.
 */
@Timeout(180)
class BrokerOutageTest {
  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  void aStoppedBrokerDelaysACommitAndNothingElse(Guarantee guarantee) throws Exception {
    goesOnAfter(LocalKafka::stop, Duration.ofSeconds(5), LocalKafka::restart, guarantee);
  }

  @Test
  void aKilledBrokerDelaysACommitAndNothingElse() throws Exception {
    goesOnAfter(
        LocalKafka::kill, Duration.ofSeconds(1), LocalKafka::restart, Guarantee.EXACTLY_ONCE);
  }

  @Test
  void aFrozenBrokerDelaysACommitAndNothingElse() throws Exception {
    goesOnAfter(
        LocalKafka::suspend, Duration.ofSeconds(5), LocalKafka::resume, Guarantee.EXACTLY_ONCE);
  }

  @Test
  @Tag("slow")
  void aBrokerMayBeAwayForTwentySeconds() throws Exception {
    goesOnAfter(
        LocalKafka::stop, Duration.ofSeconds(20), LocalKafka::restart, Guarantee.EXACTLY_ONCE);
  }

  private void goesOnAfter(
      Consumer<LocalKafka> outage,
      Duration length,
      Consumer<LocalKafka> recovery,
      Guarantee guarantee)
      throws Exception {
    try (LocalKafka kafka = LocalKafka.start(directory);
        JournalFactory system = new Cluster(kafka).open()) {
      system.admin().create(new StreamSpec("outputs", 1, Map.of()));
      Journal journal = system.journal("journal");
      journal.create(1);
      Progress progress = new Progress();
      CompletableFuture<Void> writing =
          CompletableFuture.runAsync(
              () -> write(journal, guarantee, progress), BrokerOutageTest::onItsOwnThread);
      CompletableFuture<List<String>> reading =
          CompletableFuture.supplyAsync(
              () -> read(system, progress), BrokerOutageTest::onItsOwnThread);
      progress.await(20);
      outage.accept(kafka);
      Thread.sleep(length.toMillis()); // this is the outage
      recovery.accept(kafka);
      progress.await(progress.commits.get() + 20);
      progress.stop.set(true);
      writing.get(60, TimeUnit.SECONDS);
      List<String> expected = progress.written();
      assertThat(reading.get(60, TimeUnit.SECONDS)).isEqualTo(expected);
      assertThat(blocks(journal)).isEqualTo(expected);
    }
  }

  private static void onItsOwnThread(Runnable task) {
    Thread thread = new Thread(task);
    thread.setDaemon(true);
    thread.start();
  }

  private static void write(Journal journal, Guarantee guarantee, Progress progress) {
    try (JournalWriter writer = journal.writer("worker", guarantee)) {
      CompletableFuture<Map<Integer, Long>> commit = null;
      while (!progress.stop.get()) {
        String text = "number " + progress.sent.getAndIncrement();
        writer.append(0, List.of(text.getBytes(UTF_8)));
        writer.outputs().send(record("outputs", 0, text));
        commit = writer.commit();
        commit.thenRun(progress.commits::incrementAndGet);
      }
      if (commit != null) {
        commit.join();
      }
    } finally {
      progress.ended.set(true);
    }
  }

  private static List<String> read(JournalFactory system, Progress progress) {
    SystemStreamPartition outputs = StreamReading.partition(Cluster.NAME, "outputs", 0);
    List<RecordBatch> batches = new ArrayList<>();
    try (SystemConsumer consumer = system.consumer("reader")) {
      consumer.assign(Map.of(outputs, new StartPosition.Oldest()));
      int count = 0;
      while (!progress.ended.get() || count < progress.sent.get()) {
        for (RecordBatch batch : consumer.poll(Duration.ofMillis(100))) {
          batches.add(batch);
          count += batch.size();
        }
      }
    }
    return StreamReading.texts(batches);
  }

  private static List<String> blocks(Journal journal) {
    List<String> blocks = new ArrayList<>();
    try (JournalReader reader = journal.reader()) {
      long end = reader.end(0);
      reader.seek(0, reader.oldest(0));
      while (reader.position() < end) {
        for (JournalRecord record : reader.poll(Duration.ofMillis(100))) {
          blocks.add(new String(record.value(), UTF_8));
        }
      }
    }
    return blocks;
  }

  private static final class Progress {
    final AtomicInteger sent = new AtomicInteger();
    final AtomicInteger commits = new AtomicInteger();
    final AtomicBoolean stop = new AtomicBoolean();
    final AtomicBoolean ended = new AtomicBoolean();

    void await(int wanted) throws InterruptedException {
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      while (commits.get() < wanted) {
        assertThat(System.nanoTime()).as("%d of %d", commits.get(), wanted).isLessThan(deadline);
        assertThat(ended).isFalse();
        Thread.sleep(10);
      }
    }

    List<String> written() {
      List<String> texts = new ArrayList<>();
      for (int i = 0; i < sent.get(); i++) {
        texts.add("number " + i);
      }
      return texts;
    }
  }
}
