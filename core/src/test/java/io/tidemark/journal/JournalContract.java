package io.tidemark.journal;

import static io.tidemark.system.StreamReading.record;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.tidemark.api.FencedException;
import io.tidemark.api.StateException;
import io.tidemark.api.SystemStreamPartition;
import io.tidemark.system.StreamReading;
import io.tidemark.system.StreamSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every {@link Journal} keeps to. Each test has a journal of two partitions of its own. */
@Timeout(120)
public abstract class JournalContract {
  private static final String WRITER = "worker-";

  private final List<AutoCloseable> opened = new ArrayList<>();
  private JournalFactory system;
  private String journalName;
  private String stream;
  private String writerName;
  private Journal journal;

  /** Opens the system; several opened are of the same contents. */
  protected abstract JournalFactory open();

  /** The name it was opened under. */
  protected abstract String systemName();

  /** Removes the records of a partition below an offset, as retention would. */
  protected abstract void trim(String stream, int partition, String offset);

  @BeforeEach
  void openJournal() {
    String unique = UUID.randomUUID().toString();
    journalName = "journal-" + unique;
    stream = "outputs-" + unique;
    writerName = WRITER + unique;
    system = open();
    opened.add(system);
    system.admin().create(new StreamSpec(stream, 2, Map.of()));
    journal = system.journal(journalName);
    opened.add(0, journal);
    journal.create(2);
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable resource : opened) {
      resource.close();
    }
  }

  @Test
  void creatingAJournalThatExistsLeavesItAsItIs() throws Exception {
    JournalWriter writer = writer(Guarantee.EXACTLY_ONCE);
    writer.append(0, block("kept"));
    commit(writer);
    assertThat(journal.create(5)).isEqualTo(2);
    assertThat(system.journal(journalName).create(2)).isEqualTo(2);
    assertThat(blocks(0)).containsExactly("kept");
  }

  @ParameterizedTest
  @EnumSource
  void whatIsCommittedIsThereInOrder(Guarantee guarantee) throws Exception {
    JournalWriter writer = writer(guarantee);
    for (int i = 0; i < 5; i++) {
      writer.append(0, List.of(bytes(i + "a"), bytes(i + "b")));
      writer.append(1, block("other " + i));
      commit(writer);
    }
    assertThat(blocks(0))
        .containsExactly("0a", "0b", "1a", "1b", "2a", "2b", "3a", "3b", "4a", "4b");
    assertThat(blocks(1)).isEqualTo(numbered("other ", 0, 5));
  }

  @Test
  void whereSeveralPartitionsEndIsWhereEachOfThemEnds() throws Exception {
    JournalWriter writer = writer(Guarantee.EXACTLY_ONCE);
    try (JournalReader reader = journal.reader()) {
      assertThat(reader.ends(List.of(0, 1))).isEqualTo(Map.of(0, 0L, 1, 0L));
      writer.append(1, List.of(bytes("a"), bytes("b")));
      commit(writer);
      writer.append(0, block("c"));
      commit(writer);
      // What marks a transaction's end may come a moment after it, and be counted or not.
      Map<Integer, Long> ends = reader.ends(List.of(1, 0));
      assertThat(ends).containsOnlyKeys(0, 1);
      assertThat(ends.get(0)).isBetween(1L, reader.end(0));
      assertThat(ends.get(1)).isBetween(2L, reader.end(1));
      assertThat(reader.ends(List.of())).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCommitSaysWhereItsAppendsBegin(Guarantee guarantee) throws Exception {
    JournalWriter writer = writer(guarantee);
    writer.append(0, List.of(bytes("a"), bytes("b")));
    Map<Integer, Long> first = commit(writer);
    writer.outputs().send(record(stream, 0, "output"));
    writer.append(0, block("c"));
    writer.append(1, block("d"));
    Map<Integer, Long> second = commit(writer);
    assertThat(first).containsOnlyKeys(0);
    assertThat(second).containsOnlyKeys(0, 1);
    assertThat(blocksFrom(0, first.get(0))).containsExactly("a", "b", "c");
    assertThat(blocksFrom(0, second.get(0))).containsExactly("c");
    assertThat(blocksFrom(1, second.get(1))).containsExactly("d");
  }

  @Test
  void whatIsBeforeATrimIsGoneAndTheRestIsThere() throws Exception {
    JournalWriter writer = writer(Guarantee.EXACTLY_ONCE);
    writer.append(0, block("a"));
    writer.append(1, block("other"));
    commit(writer);
    writer.append(0, block("b"));
    long second = commit(writer).get(0);
    journal.trim(0, second);
    journal.trim(0, second);
    journal.trim(0, 0);
    try (JournalReader reader = journal.reader()) {
      assertThat(reader.oldest(0)).isEqualTo(second);
      assertThat(catchThrowable(() -> reader.seek(0, 0)))
          .isInstanceOf(StateException.class)
          .hasMessageContaining("TM-3006");
    }
    assertThat(blocks(0)).containsExactly("b");
    assertThat(blocks(1)).containsExactly("other");
    writer.append(0, block("c"));
    commit(writer);
    assertThat(blocks(0)).containsExactly("b", "c");
  }

  @ParameterizedTest
  @EnumSource
  void aCommitOfNothingCompletes(Guarantee guarantee) throws Exception {
    JournalWriter writer = writer(guarantee);
    assertThat(commit(writer)).isEmpty();
    writer.append(0, block("a"));
    commit(writer);
    assertThat(commit(writer)).isEmpty();
    assertThat(blocks(0)).containsExactly("a");
  }

  @ParameterizedTest
  @EnumSource
  void outputsAndBlocksOfACommitAreVisibleAfterIt(Guarantee guarantee) throws Exception {
    JournalWriter writer = writer(guarantee);
    writer.outputs().send(record(stream, 0, "left"));
    writer.outputs().send(record(stream, 1, "right"));
    writer.append(1, block("block"));
    commit(writer);
    assertThat(outputs(0)).containsExactly("left");
    assertThat(outputs(1)).containsExactly("right");
    assertThat(blocks(1)).containsExactly("block");
  }

  @Test
  void nothingIsVisibleBeforeTheCommit() throws Exception {
    JournalWriter writer = writer(Guarantee.EXACTLY_ONCE);
    writer.outputs().send(record(stream, 0, "output"));
    writer.append(0, block("block"));
    writer.outputs().flush();
    assertThat(StreamReading.values(system, outputPartition(0))).isEmpty();
    try (JournalReader reader = journal.reader()) {
      reader.seek(0, reader.oldest(0));
      assertThat(reader.poll(Duration.ofMillis(200))).isEmpty();
    }
    commit(writer);
    assertThat(outputs(0)).containsExactly("output");
    assertThat(blocks(0)).containsExactly("block");
  }

  @Test
  void whatIsNotCommittedWhenTheWriterClosesIsNeverVisible() throws Exception {
    JournalWriter writer = writer(Guarantee.EXACTLY_ONCE);
    writer.outputs().send(record(stream, 0, "output"));
    writer.append(0, block("block"));
    writer.outputs().flush();
    writer.close();
    JournalWriter next = writer(Guarantee.EXACTLY_ONCE);
    assertThat(outputs(0)).isEmpty();
    assertThat(blocks(0)).isEmpty();
    next.append(0, block("second"));
    commit(next);
    assertThat(blocks(0)).containsExactly("second");
  }

  @Test
  void atLeastOnceABlockIsNotThereBeforeItsCommit() throws Exception {
    JournalWriter writer = writer(Guarantee.AT_LEAST_ONCE);
    writer.outputs().send(record(stream, 0, "output"));
    writer.append(0, block("block"));
    writer.outputs().flush();
    assertThat(outputs(0)).containsExactly("output");
    assertThat(blocks(0)).isEmpty();
    commit(writer);
    assertThat(blocks(0)).containsExactly("block");
  }

  @ParameterizedTest
  @EnumSource
  void aRecordSentAfterACommitComesBehindThoseBefore(Guarantee guarantee) throws Exception {
    JournalWriter writer = writer(guarantee);
    CompletableFuture<Map<Integer, Long>> last = CompletableFuture.completedFuture(Map.of());
    int commits = 40;
    for (int i = 0; i < commits; i++) {
      for (int j = 0; j < 50; j++) {
        writer.outputs().send(record(stream, 0, "record " + (50 * i + j)));
      }
      writer.append(0, block("block " + i));
      last = writer.commit();
    }
    last.get(30, TimeUnit.SECONDS);
    assertThat(outputs(0)).isEqualTo(numbered("record ", 0, 50 * commits));
    assertThat(blocks(0)).isEqualTo(numbered("block ", 0, commits));
  }

  @ParameterizedTest
  @EnumSource
  void commitsEndInTheOrderTheyWereCalled(Guarantee guarantee) throws Exception {
    JournalWriter writer = writer(guarantee);
    List<CompletableFuture<Map<Integer, Long>>> commits = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      writer.append(0, block("block " + i));
      commits.add(writer.commit());
      if (i > 0) {
        assertThat(commits.get(i - 1)).as("commit before the one under way").isDone();
      }
    }
    long before = -1;
    for (CompletableFuture<Map<Integer, Long>> commit : commits) {
      long position = commit.get(30, TimeUnit.SECONDS).get(0);
      assertThat(position).isGreaterThan(before);
      before = position;
    }
  }

  @Test
  void theLargestRecordFits() throws Exception {
    byte[] large = new byte[journal.maxRecordBytes()];
    new Random(5).nextBytes(large);
    JournalWriter writer = writer(Guarantee.EXACTLY_ONCE);
    writer.append(0, List.of(large, bytes("small"), large));
    commit(writer);
    try (JournalReader reader = journal.reader()) {
      List<JournalRecord> records = read(reader, 0, reader.oldest(0));
      assertThat(records).hasSize(3);
      assertThat(Arrays.equals(records.get(0).value(), large)).isTrue();
      assertThat(Arrays.equals(records.get(2).value(), large)).isTrue();
    }
  }

  @Test
  void anIdleFormerWriterIsFenced() throws Exception {
    JournalWriter former = writer(Guarantee.EXACTLY_ONCE);
    former.append(0, block("before"));
    commit(former);
    JournalWriter successor = writer(Guarantee.EXACTLY_ONCE);
    assertFenced(former);
    successor.append(0, block("after"));
    commit(successor);
    assertThat(blocks(0)).containsExactly("before", "after");
    assertThat(outputs(0)).isEmpty();
  }

  @Test
  void aFormerWriterWithAnOpenTransactionIsFencedAndLeavesNothing() throws Exception {
    JournalWriter former = writer(Guarantee.EXACTLY_ONCE);
    former.append(0, block("zombie"));
    former.outputs().send(record(stream, 0, "zombie"));
    former.outputs().flush();
    JournalWriter successor = writer(Guarantee.EXACTLY_ONCE);
    assertThat(blocks(0)).isEmpty();
    assertFenced(former);
    successor.append(0, block("after"));
    commit(successor);
    assertThat(blocks(0)).containsExactly("after");
    assertThat(outputs(0)).isEmpty();
  }

  @Test
  void aFormerWriterInTheMiddleOfCommittingIsFenced() throws Exception {
    JournalWriter former = writer(Guarantee.EXACTLY_ONCE);
    List<String> acknowledged = new ArrayList<>();
    CompletableFuture<Throwable> zombie =
        CompletableFuture.supplyAsync(
            () ->
                catchThrowable(
                    () -> {
                      for (int i = 0; ; i++) {
                        former.append(0, block("zombie " + i));
                        former.outputs().send(record(stream, 0, "zombie " + i));
                        commit(former);
                        acknowledged.add("zombie " + i);
                      }
                    }));
    awaitBlock(0);
    JournalWriter successor = writer(Guarantee.EXACTLY_ONCE);
    List<String> before = blocks(0);
    successor.append(0, block("after"));
    commit(successor);
    assertThat(zombie.get(60, TimeUnit.SECONDS)).isInstanceOf(FencedException.class);
    assertThat(before).startsWith(acknowledged.toArray(String[]::new));
    List<String> expected = new ArrayList<>(before);
    assertThat(outputs(0)).isEqualTo(before);
    expected.add("after");
    assertThat(blocks(0)).isEqualTo(expected);
  }

  @Test
  void fencingANameFencesItsWriterOnly() throws Exception {
    JournalWriter fenced = writer(Guarantee.EXACTLY_ONCE);
    JournalWriter other = opened(journal.writer(writerName + "-other", Guarantee.EXACTLY_ONCE));
    fenced.append(0, block("zombie"));
    fenced.outputs().flush();
    journal.fence(writerName);
    journal.fence(writerName);
    assertThat(blocks(0)).isEmpty();
    assertFenced(fenced);
    other.append(0, block("other"));
    commit(other);
    assertThat(blocks(0)).containsExactly("other");
    JournalWriter next = writer(Guarantee.EXACTLY_ONCE);
    next.append(0, block("next"));
    commit(next);
    assertThat(blocks(0)).containsExactly("other", "next");
  }

  @Test
  void fencingANameThatNobodyHasIsFine() {
    journal.fence(writerName + "-nobody");
  }

  @Test
  void atLeastOnceAFormerWriterNoticesThatItIsOne() throws Exception {
    JournalWriter former = writer(Guarantee.AT_LEAST_ONCE);
    former.append(0, block("former"));
    commit(former);
    JournalWriter successor = writer(Guarantee.AT_LEAST_ONCE);
    successor.append(0, block("successor"));
    commit(successor);
    assertFenced(former);
  }

  @Test
  void theEndWaitsForNothingThatIsFenced() throws Exception {
    JournalWriter former = writer(Guarantee.EXACTLY_ONCE);
    former.append(0, block("zombie"));
    former.outputs().flush();
    journal.fence(writerName);
    try (JournalReader reader = journal.reader()) {
      assertThat(read(reader, 0, reader.oldest(0))).isEmpty();
    }
  }

  @Test
  void theEndIsBehindEverythingCommittedBefore() throws Exception {
    JournalWriter writer = writer(Guarantee.EXACTLY_ONCE);
    try (JournalReader reader = journal.reader()) {
      assertThat(reader.end(0)).isEqualTo(reader.oldest(0));
      for (int i = 0; i < 10; i++) {
        writer.append(0, block("block " + i));
        long committed = commit(writer).get(0);
        assertThat(reader.end(0)).isGreaterThan(committed);
        assertThat(read(reader, 0, reader.oldest(0))).hasSize(i + 1);
      }
    }
  }

  @Test
  void aPositionNeverGoesBackAndReachesTheEndBehindWhatWasAborted() throws Exception {
    JournalWriter writer = writer(Guarantee.EXACTLY_ONCE);
    for (int i = 0; i < 3; i++) {
      writer.append(0, block("block " + i));
      commit(writer);
      writer.append(0, block("aborted " + i));
      writer.outputs().flush();
      writer.close();
      writer = writer(Guarantee.EXACTLY_ONCE);
    }
    assertThat(blocks(0)).isEqualTo(numbered("block ", 0, 3));
    assertThat(outputs(0)).isEmpty();
  }

  @Test
  void aReaderFollowsWhatIsWritten() throws Exception {
    JournalWriter writer = writer(Guarantee.EXACTLY_ONCE);
    try (JournalReader reader = journal.reader()) {
      reader.seek(0, reader.oldest(0));
      for (int i = 0; i < 5; i++) {
        writer.append(0, block("block " + i));
        long position = commit(writer).get(0);
        List<String> seen = new ArrayList<>();
        while (reader.position() <= position) {
          reader.poll(Duration.ofMillis(50)).forEach(r -> seen.add(text(r)));
        }
        assertThat(seen).containsExactly("block " + i);
      }
    }
  }

  @Test
  void aReaderSeeksToAnyPositionItHasAndNoOther() throws Exception {
    JournalWriter writer = writer(Guarantee.EXACTLY_ONCE);
    for (int i = 0; i < 4; i++) {
      writer.append(0, block("block " + i));
      commit(writer);
    }
    try (JournalReader reader = journal.reader()) {
      List<JournalRecord> records = read(reader, 0, reader.oldest(0));
      assertThat(read(reader, 0, records.get(2).position()))
          .extracting(JournalContract::text)
          .containsExactly("block 2", "block 3");
      trim(journalName, 0, Long.toString(records.get(2).position()));
      assertThat(reader.oldest(0)).isEqualTo(records.get(2).position());
      assertNotThere(reader, records.get(1).position());
      assertNotThere(reader, reader.end(0) + 1);
      assertNotThere(reader, -1);
      reader.seek(0, reader.end(0));
      assertThat(reader.poll(Duration.ofMillis(50))).isEmpty();
      assertThat(read(reader, 0, reader.oldest(0)))
          .extracting(JournalContract::text)
          .containsExactly("block 2", "block 3");
    }
  }

  @Test
  void writersOfOtherNamesDoNotDisturbEachOther() throws Exception {
    JournalWriter left = opened(journal.writer(writerName + "-left", Guarantee.EXACTLY_ONCE));
    JournalWriter right = opened(journal.writer(writerName + "-right", Guarantee.EXACTLY_ONCE));
    for (int i = 0; i < 10; i++) {
      left.append(0, block("left " + i));
      right.append(1, block("right " + i));
      left.outputs().send(record(stream, 0, "left " + i));
      right.outputs().send(record(stream, 0, "right " + i));
      CompletableFuture<Map<Integer, Long>> leftCommit = left.commit();
      commit(right);
      leftCommit.get(30, TimeUnit.SECONDS);
    }
    assertThat(blocks(0)).isEqualTo(numbered("left ", 0, 10));
    assertThat(blocks(1)).isEqualTo(numbered("right ", 0, 10));
    assertThat(outputs(0)).hasSize(20);
  }

  @Test
  void randomCommitsAbortsAndTakeoversLeaveWhatAModelSays() throws Exception {
    long seed = Long.getLong("tidemark.test.seed", System.nanoTime());
    try {
      new JournalModel(journal, stream, writerName, new Random(seed))
          .run(60, this::blocks, this::outputs);
    } catch (Throwable e) {
      throw new AssertionError("repeat with -Dtidemark.test.seed=" + seed + ": " + e, e);
    }
  }

  /** Whatever a former writer does, it learns that it is one. */
  private void assertFenced(JournalWriter former) {
    Throwable error =
        catchThrowable(
            () -> {
              former.outputs().send(record(stream, 1, "zombie"));
              former.append(0, block("zombie"));
              commit(former);
            });
    assertThat(error).isInstanceOf(FencedException.class);
    assertThat(((FencedException) error).code()).isEqualTo("TM-3101");
  }

  private static void assertNotThere(JournalReader reader, long position) {
    assertThatThrownBy(() -> reader.seek(0, position))
        .isInstanceOf(StateException.class)
        .extracting(e -> ((StateException) e).code())
        .isEqualTo("TM-3006");
  }

  private void awaitBlock(int partition) {
    try (JournalReader reader = journal.reader()) {
      reader.seek(partition, reader.oldest(partition));
      long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
      while (reader.poll(Duration.ofMillis(20)).isEmpty()) {
        assertThat(System.nanoTime()).as("no block came").isLessThan(deadline);
      }
    }
  }

  private JournalWriter writer(Guarantee guarantee) {
    return opened(journal.writer(writerName, guarantee));
  }

  private JournalWriter opened(JournalWriter writer) {
    opened.add(0, writer);
    return writer;
  }

  private List<String> blocks(int partition) {
    try (JournalReader reader = journal.reader()) {
      return texts(read(reader, partition, reader.oldest(partition)));
    }
  }

  private List<String> blocksFrom(int partition, long position) {
    try (JournalReader reader = journal.reader()) {
      return texts(read(reader, partition, position));
    }
  }

  private static List<JournalRecord> read(JournalReader reader, int partition, long from) {
    long end = reader.end(partition);
    reader.seek(partition, from);
    List<JournalRecord> records = new ArrayList<>();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    long position = reader.position();
    while (position < end) {
      records.addAll(reader.poll(Duration.ofMillis(50)));
      assertThat(reader.position()).isGreaterThanOrEqualTo(position);
      position = reader.position();
      assertThat(System.nanoTime()).as("at %d of %d", position, end).isLessThan(deadline);
    }
    return records;
  }

  /** All of a partition's outputs once they are decided, as a commit may be visible a bit later. */
  private List<String> outputs(int partition) {
    try (JournalReader reader = system.journal(stream).reader()) {
      String end = Long.toString(reader.end(partition));
      return StreamReading.values(system, outputPartition(partition), end);
    }
  }

  private SystemStreamPartition outputPartition(int partition) {
    return StreamReading.partition(systemName(), stream, partition);
  }

  static Map<Integer, Long> commit(JournalWriter writer)
      throws InterruptedException, TimeoutException {
    try {
      return writer.commit().get(60, TimeUnit.SECONDS);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError("not a runtime exception", e.getCause());
    }
  }

  static List<byte[]> block(String text) {
    return List.of(bytes(text));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static String text(JournalRecord record) {
    return new String(record.value(), UTF_8);
  }

  private static List<String> texts(List<JournalRecord> records) {
    return records.stream().map(JournalContract::text).toList();
  }

  private static List<String> numbered(String prefix, int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> prefix + i).toList();
  }
}
