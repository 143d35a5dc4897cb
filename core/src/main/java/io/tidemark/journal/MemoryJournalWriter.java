package io.tidemark.journal;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TidemarkException;
import io.tidemark.system.MemoryWriter;
import io.tidemark.system.OutgoingRecord;
import io.tidemark.system.SystemProducer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Writes a {@link MemoryJournal}. With {@link Guarantee#AT_LEAST_ONCE} what it sends to streams is
 * visible at once, as if it had been acknowledged; journal records wait for the commit either way.
 */
final class MemoryJournalWriter implements JournalWriter {
  private final String journal;
  private final int maxRecordBytes;
  private final MemoryWriter writer;
  private final SystemProducer outputs;
  private boolean unusable;

  MemoryJournalWriter(
      String journal, int maxRecordBytes, MemoryWriter writer, Guarantee guarantee) {
    this.journal = journal;
    this.maxRecordBytes = maxRecordBytes;
    this.writer = writer;
    this.outputs = new Outputs(guarantee);
  }

  @Override
  public SystemProducer outputs() {
    return outputs;
  }

  @Override
  public void append(int partition, List<byte[]> records) {
    requireUsable();
    for (byte[] record : records) {
      if (record.length > maxRecordBytes) {
        throw new IllegalArgumentException(
            "a journal record of %d bytes; at most %d".formatted(record.length, maxRecordBytes));
      }
      writer.send(new OutgoingRecord(journal, partition, null, null, record, -1, List.of()));
    }
  }

  @Override
  public CompletableFuture<Map<Integer, Long>> commit() {
    requireUsable();
    try {
      Map<Integer, Long> firsts = new HashMap<>();
      for (Map.Entry<SystemStreamPartition, Long> first : writer.commit().entrySet()) {
        if (first.getKey().getStream().equals(journal)) {
          firsts.put(first.getKey().getPartition().id(), first.getValue());
        }
      }
      return CompletableFuture.completedFuture(firsts);
    } catch (TidemarkException e) {
      unusable = true;
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public void close() {
    unusable = true;
    writer.abort();
  }

  private void requireUsable() {
    if (unusable) {
      throw new IllegalStateException("the writer is closed, or its last commit failed");
    }
  }

  private final class Outputs implements SystemProducer {
    private final boolean atOnce;

    Outputs(Guarantee guarantee) {
      this.atOnce = guarantee == Guarantee.AT_LEAST_ONCE;
    }

    @Override
    public void send(OutgoingRecord record) {
      requireUsable();
      if (atOnce) {
        writer.sendVisibly(record);
      } else {
        writer.send(record);
      }
    }

    @Override
    public void flush() {
      requireUsable();
      writer.requireCurrent();
    }

    @Override
    public void close() {
      // The journal writer's close does it.
    }
  }
}
