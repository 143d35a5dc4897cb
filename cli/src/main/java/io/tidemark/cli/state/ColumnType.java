package io.tidemark.cli.state;

/** What a column of a file holds. */
enum ColumnType {
  INT,
  LONG,
  DOUBLE,
  BYTES,
  /** Text: strings as they are, all else as JSON. */
  TEXT
}
