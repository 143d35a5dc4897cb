package io.tidemark.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.system.MemorySystem;
import java.util.List;
import org.junit.jupiter.api.Test;

class MemoryJournalTest extends JournalContract {
  private final MemorySystem memory = new MemorySystem("memory");

  @Override
  protected JournalFactory open() {
    return new MemoryJournals(memory);
  }

  @Override
  protected String systemName() {
    return "memory";
  }

  @Override
  protected void trim(String stream, int partition, String offset) {
    memory.trim(stream, partition, Long.parseLong(offset));
  }

  @Test
  void aRecordLargerThanAllowedIsRefused() {
    Journal journal = new MemoryJournals(memory, 10).journal("small");
    journal.create(1);
    JournalWriter writer = journal.writer("w", Guarantee.EXACTLY_ONCE);
    assertThat(journal.maxRecordBytes()).isEqualTo(10);
    assertThatThrownBy(() -> writer.append(0, List.of(new byte[11])))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void contentsOutliveTheWritersAndTheSystemsThatWereClosed() throws Exception {
    JournalFactory first = new MemoryJournals(memory);
    Journal journal = first.journal("kept");
    journal.create(1);
    try (JournalWriter writer = journal.writer("w", Guarantee.EXACTLY_ONCE)) {
      writer.append(0, block("kept"));
      commit(writer);
    }
    journal.close();
    first.close();
    assertThat(new MemoryJournals(memory).journal("kept").reader().end(0)).isEqualTo(1);
  }
}
