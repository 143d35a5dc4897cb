package io.tidemark.runtime;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.StateException;
import io.tidemark.api.TaskName;
import org.junit.jupiter.api.Test;

class TaskJournalTest {
  @Test
  void aJournalThatWasReplacedUnderWayIsFoundAtTheNextCommit() {
    TaskJournal journal = new TaskJournal(new TaskName("main", 0), 0, "job-1-journal");
    journal.confirmed(1, 40);
    journal.confirmed(1, 45);
    assertThatThrownBy(() -> journal.confirmed(1, 0))
        .isInstanceOf(StateException.class)
        .hasMessageStartingWith("TM-3006")
        .hasMessageContaining("goes back from position 45 to 0");
  }
}
