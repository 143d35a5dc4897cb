package io.tidemark.examples.traffic;

import io.tidemark.examples.RealData;
import java.io.IOException;
import java.util.List;

/** A real website's log of 10,000 lines. */
final class RealAccessLog {
  private RealAccessLog() {}

  /** The log's lines; the test that asks for them is skipped if there is no such file. */
  static List<String> lines() throws IOException {
    return RealData.lines("apache_access.log");
  }
}
