package io.tidemark.cli.state;

import java.util.Map;

/** Where rows go to. Confined to one thread. */
interface RowWriter extends AutoCloseable {

  /**
   * Takes a row.
   *
   * @param row the names of its columns, in order, and what they hold, as JSON; what is left out is
   *     empty
   */
  void write(Map<String, String> row);

  /** Writes what is left. Not called if the output failed. */
  @Override
  void close();
}
