package io.tidemark.benchmarks.tidemark;

import java.util.HashMap;
import java.util.Map;

/**
 * What is worth changing of Tidemark's defaults for throughput: little, or a default is wrong. Any
 * setting can be tried as a system property, such as {@code -Dset.task.commit.ms=20}.
 */
final class Tuning {
  private static final String TRIED = "set.";

  private Tuning() {}

  static Map<String, String> settings() {
    Map<String, String> settings = new HashMap<>();
    System.getProperties()
        .forEach(
            (key, value) -> {
              if (key.toString().startsWith(TRIED)) {
                settings.put(key.toString().substring(TRIED.length()), value.toString());
              }
            });
    return settings;
  }
}
