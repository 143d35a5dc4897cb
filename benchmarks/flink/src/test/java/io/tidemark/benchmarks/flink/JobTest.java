package io.tidemark.benchmarks.flink;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.benchmarks.contender.Assignment;
import io.tidemark.benchmarks.contender.Message;
import io.tidemark.benchmarks.contender.Share;
import io.tidemark.benchmarks.contender.Workload;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs the functions in a Flink of one thread, on RocksDB, without a broker. */
final class JobTest {
  private static final Queue<byte[]> SENT = new ConcurrentLinkedQueue<>();

  @TempDir private Path directory;

  @Test
  void aCopySendsTheRecordsOnAsTheyAre() throws Exception {
    List<byte[]> answers = answers(Workload.COPY, message(7, 70), message(8, 80));

    assertThat(answers).containsExactly(Message.of(70), Message.of(80));
  }

  @Test
  void countsAreKeptForEachKeyInAnyNumberOfStores() throws Exception {
    List<Tuple2<Long, byte[]>> records =
        List.of(message(7, 70), message(27, 71), message(7, 72), message(-7, 73), message(7, 74));

    for (Workload workload : List.of(Workload.COUNT, Workload.MANY_STORES)) {
      assertThat(longs(answers(workload, records))).containsExactly(1L, 1L, 2L, 1L, 3L);
    }
  }

  @Test
  void theLatestMessageIsAnsweredWithItsNumber() throws Exception {
    List<byte[]> answers = answers(Workload.LATEST, message(7, 70), message(7, 71), message(8, 80));

    assertThat(longs(answers)).containsExactly(70L, 71L, 80L);
  }

  @Test
  void aMessageIsKeptWithTheNumberThatItsKeyHasHad() throws Exception {
    List<byte[]> answers =
        answers(Workload.READ_MODIFY_WRITE, message(7, 70), message(7, 71), message(8, 80));

    assertThat(longs(answers)).containsExactly(1L, 2L, 1L);
  }

  @Test
  void theInputIsLookedUpInTheTable() throws Exception {
    List<byte[]> answers =
        answers(Workload.ENRICH, message(7, 700), lookup(7, 70), lookup(7, 71), lookup(8, 80));

    assertThat(longs(answers)).containsExactly(70L, 700L, 71L, 700L, 80L, -1L);
  }

  @Test
  void aRecordThatOvertookTheTableWaitsForIt() throws Exception {
    assertThat(longs(answers(Workload.ENRICH, lookup(7, 70), message(7, 700))))
        .containsExactly(70L, 700L);
  }

  @SafeVarargs
  private List<byte[]> answers(Workload workload, Tuple2<Long, byte[]>... records)
      throws Exception {
    return answers(workload, Arrays.asList(records));
  }

  private List<byte[]> answers(Workload workload, List<Tuple2<Long, byte[]>> records)
      throws Exception {
    Assignment assignment = assignment(workload);
    SENT.clear();
    try (StreamExecutionEnvironment environment =
        StreamExecutionEnvironment.getExecutionEnvironment(Settings.of(assignment))) {
      environment.setParallelism(1);
      DataStream<Tuple2<Long, byte[]>> input = environment.fromData(records, Job.KEYED);
      Job.answers(input, assignment).map(JobTest::send, Job.BYTES).sinkTo(new DiscardingSink<>());
      environment.execute();
    }
    return List.copyOf(SENT);
  }

  /** The functions run in this JVM, but in copies that hold no reference to a test. */
  private static byte[] send(Tuple2<Long, byte[]> answer) {
    SENT.add(answer.f1);
    return answer.f1;
  }

  private Assignment assignment(Workload workload) {
    return new Assignment(
        "test",
        "localhost:1",
        workload,
        true,
        true,
        Duration.ofMinutes(1),
        Duration.ZERO,
        1,
        Share.WHOLE,
        64 << 20,
        20,
        1,
        "input",
        "table",
        "output",
        directory.resolve(workload.name()));
  }

  private static Tuple2<Long, byte[]> message(long key, long number) {
    return Tuple2.of(key, Message.of(number));
  }

  private static Tuple2<Long, byte[]> lookup(long key, long number) {
    return Tuple2.of(key, Answers.bytes(number));
  }

  private static List<Long> longs(List<byte[]> answers) {
    List<Long> longs = new ArrayList<>();
    for (byte[] answer : answers) {
      ByteBuffer numbers = ByteBuffer.wrap(answer);
      while (numbers.hasRemaining()) {
        longs.add(numbers.getLong());
      }
    }
    return longs;
  }
}
