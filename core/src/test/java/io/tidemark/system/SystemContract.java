package io.tidemark.system;

import static io.tidemark.system.StreamReading.poll;
import static io.tidemark.system.StreamReading.pollUntil;
import static io.tidemark.system.StreamReading.record;
import static io.tidemark.system.StreamReading.texts;
import static io.tidemark.system.StreamReading.values;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.Header;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TidemarkException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What every {@link StreamSystem} keeps to. */
@Timeout(60)
public abstract class SystemContract {
  private StreamSystem system;
  private SystemConsumer consumer;
  private SystemProducer producer;

  /** Opens the system; several opened are of the same contents. */
  protected abstract StreamSystem open();

  /** The name it was opened under. */
  protected abstract String systemName();

  /** Removes the records of a partition below an offset, as retention would. */
  protected abstract void trim(String stream, int partition, String offset);

  @BeforeEach
  void openSystem() {
    system = open();
    consumer = system.consumer("contract-consumer");
    producer = system.producer("contract-producer");
  }

  @AfterEach
  void closeSystem() {
    producer.close();
    consumer.close();
    system.close();
  }

  @Test
  void recordsOfAPartitionComeInTheOrderTheyWereSent() {
    String stream = stream(1);
    send(stream, 0, 2500);
    assertThat(values(system, partition(stream, 0))).isEqualTo(numbers(0, 2500));
  }

  @Test
  void eachPartitionDeliversItsOwnRecords() {
    String stream = stream(2);
    producer.send(record(stream, 0, "left"));
    producer.send(record(stream, 1, "right"));
    producer.flush();
    startAt(Map.of(partition(stream, 0), oldest(), partition(stream, 1), oldest()));
    Map<SystemStreamPartition, List<String>> seen = new HashMap<>();
    for (RecordBatch batch : poll(consumer, 2)) {
      seen.computeIfAbsent(batch.partition(), p -> new ArrayList<>()).addAll(texts(List.of(batch)));
    }
    assertThat(seen)
        .containsOnly(
            Map.entry(partition(stream, 0), List.of("left")),
            Map.entry(partition(stream, 1), List.of("right")));
  }

  @Test
  void partitionsComeAndGoWithoutDisturbingTheOthers() {
    String stream = stream(3);
    for (int p = 0; p < 3; p++) {
      send(stream, p, 3);
    }
    startAt(Map.of(partition(stream, 0), oldest(), partition(stream, 1), oldest()));
    assertThat(texts(poll(consumer, 6))).hasSize(6);
    consumer.pause(Set.of(partition(stream, 1)));
    consumer.add(Map.of(partition(stream, 2), new StartPosition.At("1")));
    producer.send(record(stream, 0, "zero"));
    producer.send(record(stream, 1, "one"));
    producer.flush();
    assertThat(texts(poll(consumer, 3))).containsExactlyInAnyOrder("1", "2", "zero");
    consumer.remove(Set.of(partition(stream, 0)));
    producer.send(record(stream, 0, "zero again"));
    producer.send(record(stream, 2, "two"));
    producer.flush();
    assertThat(texts(poll(consumer, 1))).containsExactly("two");
    consumer.resume(Set.of(partition(stream, 1)));
    assertThat(texts(poll(consumer, 1))).containsExactly("one");
    consumer.add(Map.of(partition(stream, 0), new StartPosition.At("4")));
    assertThat(texts(poll(consumer, 1))).containsExactly("zero again");
  }

  @Test
  void keyValueTimestampAndHeadersArriveAsSent() {
    String stream = stream(1);
    List<Header> headers =
        List.of(new Header("a", bytes("1")), new Header("a", bytes("2")), new Header("none", null));
    producer.send(
        new OutgoingRecord(stream, 0, null, bytes("k"), bytes("v"), 1234567890123L, headers));
    producer.send(new OutgoingRecord(stream, 0, null, null, null, 5, List.of()));
    producer.flush();
    startAt(Map.of(partition(stream, 0), oldest()));
    List<Flat> records = flatten(poll(consumer, 2));
    Flat first = records.get(0);
    assertThat(first.key()).isEqualTo(bytes("k"));
    assertThat(first.value()).isEqualTo(bytes("v"));
    assertThat(first.timestamp()).isEqualTo(1234567890123L);
    assertThat(first.headers()).extracting(Header::name).containsExactly("a", "a", "none");
    assertThat(first.headers())
        .extracting(Header::value)
        .containsExactly(bytes("1"), bytes("2"), null);
    assertThat(records.get(1).key()).isNull();
    assertThat(records.get(1).value()).isNull();
    assertThat(records.get(1).headers()).isEmpty();
  }

  @Test
  void aRecordWithoutTimestampGetsTheTime() {
    String stream = stream(1);
    producer.send(record(stream, 0, "now"));
    producer.flush();
    startAt(Map.of(partition(stream, 0), oldest()));
    assertThat(poll(consumer, 1).get(0).timestamp(0)).isPositive();
  }

  @Test
  void thePartitionKeyChoosesThePartitionAndNotTheKey() {
    String stream = stream(5);
    for (int i = 0; i < 20; i++) {
      byte[] partitionKey = bytes("key " + i);
      producer.send(
          new OutgoingRecord(stream, -1, partitionKey, bytes("same"), partitionKey, -1, List.of()));
    }
    producer.flush();
    for (int p = 0; p < 5; p++) {
      int expected = p;
      assertThat(values(system, partition(stream, p)))
          .containsExactlyElementsOf(
              IntStream.range(0, 20)
                  .mapToObj(i -> "key " + i)
                  .filter(key -> KeyHash.partition(bytes(key), 5) == expected)
                  .toList());
    }
  }

  @Test
  void aRecordWithoutPartitionKeyGoesSomewhere() {
    String stream = stream(3);
    for (String number : numbers(0, 9)) {
      producer.send(new OutgoingRecord(stream, -1, null, null, bytes(number), -1, List.of()));
    }
    producer.flush();
    List<String> seen = new ArrayList<>();
    for (int p = 0; p < 3; p++) {
      seen.addAll(values(system, partition(stream, p)));
    }
    assertThat(seen).containsExactlyInAnyOrderElementsOf(numbers(0, 9));
  }

  @Test
  void theOffsetAfterARecordStartsWithTheNext() {
    String stream = stream(1);
    send(stream, 0, 10);
    startAt(Map.of(partition(stream, 0), oldest()));
    List<Flat> records = flatten(poll(consumer, 10));
    startAt(Map.of(partition(stream, 0), at(records.get(3).offsetAfter())));
    assertThat(texts(poll(consumer, 6))).isEqualTo(numbers(4, 10));
    startAt(Map.of(partition(stream, 0), at(records.get(3).offset())));
    assertThat(texts(poll(consumer, 7))).isEqualTo(numbers(3, 10));
  }

  @Test
  void thePositionIsTheOffsetAfterTheLastRecordDelivered() {
    String stream = stream(1);
    send(stream, 0, 3);
    startAt(Map.of(partition(stream, 0), oldest()));
    List<Flat> records = flatten(poll(consumer, 3));
    assertThat(consumer.position(partition(stream, 0))).isEqualTo(records.get(2).offsetAfter());
    assertThat(consumer.position(partition(stream, 0)))
        .isEqualTo(offsets(partition(stream, 0)).end());
  }

  @Test
  void upcomingDeliversOnlyWhatComesAfterAssignment() {
    String stream = stream(1);
    send(stream, 0, 5);
    startAt(Map.of(partition(stream, 0), new StartPosition.Upcoming()));
    producer.send(record(stream, 0, "new"));
    producer.flush();
    assertThat(texts(poll(consumer, 1))).containsExactly("new");
  }

  @Test
  void anAssignmentReplacesTheOneBefore() {
    String stream = stream(2);
    send(stream, 0, 1);
    send(stream, 1, 2);
    startAt(Map.of(partition(stream, 0), oldest()));
    startAt(Map.of(partition(stream, 1), oldest()));
    assertThat(texts(poll(consumer, 2))).isEqualTo(numbers(0, 2));
    assertThat(consumer.poll(Duration.ofMillis(100))).isEmpty();
  }

  @Test
  void aStartOffsetThatIsNotThereIsRefused() {
    String stream = stream(1);
    send(stream, 0, 10);
    startAt(Map.of(partition(stream, 0), oldest()));
    List<Flat> records = flatten(poll(consumer, 10));
    trim(stream, 0, records.get(5).offset());
    assertRefused(() -> startAt(Map.of(partition(stream, 0), at(records.get(4).offset()))), stream);
    assertRefused(() -> startAt(Map.of(partition(stream, 0), at("987654321"))), stream);
    assertRefused(() -> startAt(Map.of(partition(stream, 0), at("not an offset"))), stream);
    assertThat(offsets(partition(stream, 0)).oldest()).isEqualTo(records.get(5).offset());
    startAt(Map.of(partition(stream, 0), oldest()));
    assertThat(texts(poll(consumer, 5))).isEqualTo(numbers(5, 10));
  }

  @Test
  void theEndOfAPartitionIsAStartOffset() {
    String stream = stream(1);
    send(stream, 0, 3);
    startAt(Map.of(partition(stream, 0), at(offsets(partition(stream, 0)).end())));
    assertThat(consumer.poll(Duration.ofMillis(50))).isEmpty();
    producer.send(record(stream, 0, "next"));
    producer.flush();
    assertThat(texts(poll(consumer, 1))).containsExactly("next");
  }

  @Test
  void aPausedPartitionDeliversNothingUntilResumed() {
    String stream = stream(2);
    SystemStreamPartition paused = partition(stream, 0);
    startAt(Map.of(paused, oldest(), partition(stream, 1), oldest()));
    consumer.pause(Set.of(paused));
    send(stream, 0, 4);
    producer.send(record(stream, 1, "other"));
    producer.flush();
    assertThat(texts(poll(consumer, 1))).containsExactly("other");
    assertThat(consumer.poll(Duration.ofMillis(100))).isEmpty();
    consumer.resume(Set.of(paused));
    assertThat(texts(poll(consumer, 4))).isEqualTo(numbers(0, 4));
  }

  @Test
  void pausingInTheMiddleLosesAndRepeatsNothing() {
    String stream = stream(1);
    SystemStreamPartition only = partition(stream, 0);
    int count = 20_000;
    send(stream, 0, count);
    startAt(Map.of(only, oldest()));
    List<RecordBatch> batches = new ArrayList<>(poll(consumer, 1));
    consumer.pause(Set.of(only));
    assertThat(consumer.poll(Duration.ofMillis(100))).isEmpty();
    consumer.resume(Set.of(only));
    batches.addAll(pollUntil(system, consumer, only, offsets(only).end()));
    assertThat(texts(batches)).isEqualTo(numbers(0, count));
  }

  @Test
  void wakeupEndsAPollThatWaits() throws Exception {
    String stream = stream(1);
    startAt(Map.of(partition(stream, 0), oldest()));
    CompletableFuture<Void> waker =
        CompletableFuture.runAsync(
            consumer::wakeup, CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS));
    long start = System.nanoTime();
    assertThat(consumer.poll(Duration.ofSeconds(50))).isEmpty();
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(40));
    waker.get();
    producer.send(record(stream, 0, "after"));
    producer.flush();
    assertThat(texts(poll(consumer, 1))).containsExactly("after");
  }

  @Test
  void aPollThatWaitsReturnsWhatComes() {
    String stream = stream(1);
    startAt(Map.of(partition(stream, 0), oldest()));
    CompletableFuture<Void> sender =
        CompletableFuture.runAsync(
            () -> {
              try (SystemProducer late = system.producer("late")) {
                late.send(record(stream, 0, "late"));
                late.flush();
              }
            },
            CompletableFuture.delayedExecutor(200, TimeUnit.MILLISECONDS));
    assertThat(texts(poll(consumer, 1))).containsExactly("late");
    sender.join();
  }

  @Test
  void nothingAssignedIsNothingDelivered() {
    assertThat(consumer.poll(Duration.ofMillis(20))).isEmpty();
    startAt(Map.of());
    assertThat(consumer.poll(Duration.ofMillis(20))).isEmpty();
  }

  @Test
  void theLagIsUnknownOrRight() {
    String stream = stream(1);
    send(stream, 0, 7);
    startAt(Map.of(partition(stream, 0), oldest()));
    assertThat(consumer.lag(partition(stream, 0))).isIn(-1L, 7L);
    poll(consumer, 7);
    assertThat(consumer.lag(partition(stream, 0))).isZero();
  }

  @Test
  void progressIsReportedWithoutHarm() {
    String stream = stream(1);
    send(stream, 0, 2);
    startAt(Map.of(partition(stream, 0), oldest()));
    consumer.reportProgress(Map.of(partition(stream, 0), poll(consumer, 2).get(0).offsetAfter(0)));
    producer.send(record(stream, 0, "more"));
    producer.flush();
    assertThat(texts(poll(consumer, 1))).containsExactly("more");
  }

  @Test
  void creatingAStreamThatExistsLeavesItAsItIs() {
    String stream = stream(2);
    send(stream, 0, 3);
    system.admin().create(new StreamSpec(stream, 7, Map.of()));
    assertThat(system.admin().partitionCounts(List.of(stream))).containsOnly(Map.entry(stream, 2));
    assertThat(values(system, partition(stream, 0))).isEqualTo(numbers(0, 3));
  }

  @Test
  void streamsThatDoNotExistHaveNoPartitionCount() {
    String stream = stream(4);
    assertThat(system.admin().partitionCounts(List.of(stream, "missing-" + UUID.randomUUID())))
        .containsOnly(Map.entry(stream, 4));
    assertThat(system.admin().partitionCounts(List.of())).isEmpty();
  }

  @Test
  void anEmptyPartitionHasEqualOffsets() {
    String stream = stream(1);
    OffsetRange range = offsets(partition(stream, 0));
    assertThat(range.oldest()).isEqualTo(range.end());
    assertThat(system.admin().offsets(Set.of())).isEmpty();
  }

  @Test
  void whatWasTrimmedIsGoneAndTrimmingItAgainDoesNoHarm() {
    String stream = stream(2);
    send(stream, 0, 6);
    send(stream, 1, 2);
    SystemStreamPartition trimmed = partition(stream, 0);
    system.admin().trim(trimmed, "4");
    assertThat(offsets(trimmed)).isEqualTo(new OffsetRange("4", "6"));
    assertThat(values(system, trimmed)).isEqualTo(numbers(4, 6));
    system.admin().trim(trimmed, "1");
    assertThat(offsets(trimmed)).isEqualTo(new OffsetRange("4", "6"));
    system.admin().trim(trimmed, "6");
    assertThat(offsets(trimmed)).isEqualTo(new OffsetRange("6", "6"));
    assertThat(values(system, partition(stream, 1))).isEqualTo(numbers(0, 2));
  }

  @Test
  void aStreamThatDoesNotExistCannotBeRead() {
    SystemStreamPartition missing = partition("missing-" + UUID.randomUUID(), 0);
    assertThatThrownBy(() -> startAt(Map.of(missing, oldest())))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining(missing.getStream())
        .extracting(e -> ((TidemarkException) e).code())
        .isEqualTo("TM-2004");
  }

  private void assertRefused(Runnable call, String stream) {
    assertThatThrownBy(call::run)
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining(stream)
        .extracting(e -> ((TidemarkException) e).code())
        .isEqualTo("TM-2005");
  }

  private void startAt(Map<SystemStreamPartition, StartPosition> starts) {
    consumer.assign(starts);
  }

  private void send(String stream, int partition, int count) {
    numbers(0, count).forEach(number -> producer.send(record(stream, partition, number)));
    producer.flush();
  }

  private OffsetRange offsets(SystemStreamPartition partition) {
    return system.admin().offsets(Set.of(partition)).get(partition);
  }

  private SystemStreamPartition partition(String stream, int partition) {
    return StreamReading.partition(systemName(), stream, partition);
  }

  private String stream(int partitions) {
    String stream = "contract-" + UUID.randomUUID();
    system.admin().create(new StreamSpec(stream, partitions, Map.of()));
    return stream;
  }

  private static StartPosition oldest() {
    return new StartPosition.Oldest();
  }

  private static StartPosition at(String offset) {
    return new StartPosition.At(offset);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static List<String> numbers(int from, int to) {
    return IntStream.range(from, to).mapToObj(Integer::toString).toList();
  }

  private record Flat(
      byte[] key,
      byte[] value,
      long timestamp,
      List<Header> headers,
      String offset,
      String offsetAfter) {}

  private static List<Flat> flatten(List<RecordBatch> batches) {
    List<Flat> records = new ArrayList<>();
    for (RecordBatch batch : batches) {
      for (int i = 0; i < batch.size(); i++) {
        records.add(
            new Flat(
                batch.key(i),
                batch.value(i),
                batch.timestamp(i),
                batch.headers(i),
                batch.offset(i),
                batch.offsetAfter(i)));
      }
    }
    return records;
  }
}
