package io.tidemark.cli.state;

import io.tidemark.cli.options.Terminal;
import org.jspecify.annotations.Nullable;

/** In what form output is written. */
enum Format {
  /** One JSON object on a line. */
  JSONL,
  /** For people. */
  TABLE,
  /** For spreadsheets; export only. */
  CSV,
  /** For analysis; export only. */
  PARQUET;

  /** A form that was chosen, or else the table for people and lines for programs. */
  static Format orDefault(@Nullable Format chosen) {
    if (chosen != null) {
      return chosen;
    }
    return Terminal.isPresent() ? TABLE : JSONL;
  }
}
