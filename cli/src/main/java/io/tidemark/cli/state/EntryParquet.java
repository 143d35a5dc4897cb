package io.tidemark.cli.state;

import io.tidemark.cli.state.StateSource.TaskEntry;
import io.tidemark.state.StoredValue;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Entries as a Parquet file: task, slot, key, value, and when they expire. */
final class EntryParquet implements EntryWriter {
  private final StoreText text;
  private final Path name;
  private final ParquetFile file;

  /**
   * @param name the file's, for messages
   */
  EntryParquet(OutputFile out, Path name, StoreText text) {
    this.text = text;
    this.name = name;
    try {
      file =
          new ParquetFile(
              out.stream(),
              List.of(
                  ParquetFile.Column.of("task", ColumnType.TEXT),
                  new ParquetFile.Column("slot", ColumnType.INT, false, true),
                  ParquetFile.Column.of("key", text.keys().columnType()),
                  ParquetFile.Column.of("value", text.values().columnType()),
                  new ParquetFile.Column("expires", ColumnType.LONG, true, true)));
    } catch (IOException e) {
      throw OutputFile.unwritable(name, e);
    }
  }

  @Override
  public void write(TaskEntry entry) {
    Long expires = entry.expires() == StoredValue.NEVER ? null : entry.expires();
    try {
      file.add(
          Arrays.asList(
              entry.task(),
              entry.slot(),
              text.keys().cell(entry.key()),
              text.values().cell(entry.value()),
              expires));
    } catch (IOException e) {
      throw OutputFile.unwritable(name, e);
    }
  }

  @Override
  public void close() {
    try {
      file.finish();
    } catch (IOException e) {
      throw OutputFile.unwritable(name, e);
    }
  }
}
