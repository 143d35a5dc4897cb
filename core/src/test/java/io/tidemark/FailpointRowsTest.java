package io.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Each failpoint of any module is one that some test halts a process at. */
class FailpointRowsTest {
  private static final Pattern FAILPOINT = Pattern.compile("Failpoint\\.pass\\(\\s*\"([^\"]+)\"");

  /** {@code "NAME"}, {@code "NAME:N"}, or a row of columns of which one is the name. */
  private static final Pattern ROW =
      Pattern.compile("\"(?:[^\",]*, )?([a-z0-9]+(?:\\.[a-z0-9-]+)+)(?::\\d+|, \\d+)?\"");

  @Test
  void every_failpoint_has_a_row() {
    Set<String> rows = new TreeSet<>();
    ProjectFiles.testSources().stream()
        .map(ProjectFiles::read)
        .filter(text -> text.contains("Failpoint.EXIT_STATUS") || text.contains("CrashContract"))
        .forEach(text -> rows.addAll(found(ROW, text)));
    assertThat(rows).as("what processes are halted at").containsAll(failpoints());
  }

  private static Set<String> failpoints() {
    Set<String> failpoints = new TreeSet<>();
    ProjectFiles.mainSources()
        .forEach(file -> failpoints.addAll(found(FAILPOINT, ProjectFiles.read(file))));
    assertThat(failpoints).contains("commit.after-block", "catalog.within-collect");
    return failpoints;
  }

  private static Set<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map(match -> match.group(1)).collect(Collectors.toSet());
  }
}
