package io.tidemark.cli.state;

import io.tidemark.cli.state.StateSource.TaskEntry;

/** Where entries go to. Confined to one thread. */
interface EntryWriter extends AutoCloseable {

  /** Takes an entry. */
  void write(TaskEntry entry);

  /** Writes what is left. Not called if the output failed. */
  @Override
  void close();

  /** Entries as rows. */
  static EntryWriter of(RowWriter rows, StoreText text) {
    return new EntryWriter() {
      @Override
      public void write(TaskEntry entry) {
        rows.write(text.row(entry));
      }

      @Override
      public void close() {
        rows.close();
      }
    };
  }
}
