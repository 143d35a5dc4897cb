package io.tidemark.benchmarks.samza;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.benchmarks.contender.Message;
import io.tidemark.benchmarks.contender.Workload;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** That each workload gives what {@link Workload} says. */
class StepTest {
  private static final long[] KEYS = {7, 8, 7, 7, 9};
  private static final int STORES = 3;

  private final List<MapStore<Long>> counts = stores();
  private final List<MapStore<byte[]>> messages = stores();

  @Test
  void aCopyIsTheRecordAsItIs() {
    assertThat(outputs(Workload.COPY))
        .containsExactly(
            Message.of(100), Message.of(101), Message.of(102), Message.of(103), Message.of(104));
  }

  @Test
  void aCountIncludesTheRecord() {
    assertThat(longs(Workload.COUNT)).containsExactly(1L, 1L, 2L, 3L, 1L);
  }

  @Test
  void aCountOfManyStoresIsInThatOfTheKey() {
    assertThat(longs(Workload.MANY_STORES)).containsExactly(1L, 1L, 2L, 3L, 1L);
    assertThat(counts.get(7 % STORES).get(7L)).isEqualTo(3);
    assertThat(counts.get(8 % STORES).get(8L)).isEqualTo(1);
  }

  @Test
  void theLatestIsTheNumberOfTheMessage() {
    assertThat(longs(Workload.LATEST)).containsExactly(100L, 101L, 102L, 103L, 104L);
    assertThat(messages.get(0).get(7L)).isEqualTo(Message.of(103));
  }

  @Test
  void aModifiedMessageCountsTheRecordsOfItsKey() {
    assertThat(longs(Workload.READ_MODIFY_WRITE)).containsExactly(1L, 1L, 2L, 3L, 1L);
    assertThat(messages.get(0).get(7L)).isEqualTo(Message.withNumber(Message.of(103), 3));
  }

  @Test
  void aLookupFindsTheRowOrNone() {
    messages.get(0).put(7L, Message.of(1007));
    messages.get(0).put(8L, Message.of(1008));
    assertThat(longs(Workload.ENRICH))
        .containsExactly(100L, 1007L, 101L, 1008L, 102L, 1007L, 103L, 1007L, 104L, -1L);
  }

  private List<byte[]> outputs(Workload workload) {
    Step step = Step.of(workload, STORES, counts::get, messages::get);
    List<byte[]> outputs = new ArrayList<>();
    for (int i = 0; i < KEYS.length; i++) {
      byte[] key = ByteBuffer.allocate(Long.BYTES).putLong(KEYS[i]).array();
      outputs.add(step.apply(key, Message.of(100 + i)));
    }
    return outputs;
  }

  private List<Long> longs(Workload workload) {
    List<Long> longs = new ArrayList<>();
    for (byte[] output : outputs(workload)) {
      ByteBuffer values = ByteBuffer.wrap(output);
      while (values.hasRemaining()) {
        longs.add(values.getLong());
      }
    }
    return longs;
  }

  private static <V> List<MapStore<V>> stores() {
    List<MapStore<V>> stores = new ArrayList<>();
    for (int i = 0; i < STORES; i++) {
      stores.add(new MapStore<>());
    }
    return stores;
  }
}
