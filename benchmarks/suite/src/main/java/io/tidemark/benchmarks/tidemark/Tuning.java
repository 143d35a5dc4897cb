package io.tidemark.benchmarks.tidemark;

import java.util.Map;

/** What is worth changing of Tidemark's defaults for throughput: little, or a default is wrong. */
final class Tuning {
  private Tuning() {}

  static Map<String, String> settings() {
    return Map.of();
  }
}
