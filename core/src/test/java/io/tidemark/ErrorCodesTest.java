package io.tidemark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Keeps docs/errors.md and the codes in the sources of all modules the same. */
class ErrorCodesTest {
  private static final Pattern IN_A_STRING = Pattern.compile("\"(TM-\\d{4})");
  private static final Pattern ANYWHERE = Pattern.compile("(TM-\\d{4})");
  private static final Pattern SECTION = Pattern.compile("(?m)^### (TM-\\d{4}) \\S");
  private static final Pattern EXAMPLE = Pattern.compile("(?m)^ {4}(TM-\\d{4}): ");

  private final List<String> sections = found(SECTION, ProjectFiles.read("docs/errors.md"));

  @Test
  void every_code_that_is_thrown_has_a_section_and_every_section_a_code() {
    assertThat(sections).containsExactlyInAnyOrderElementsOf(inSources(IN_A_STRING));
  }

  @Test
  void every_code_that_is_mentioned_has_a_section() {
    assertThat(sections).containsAll(inSources(ANYWHERE));
  }

  @Test
  void sections_are_in_order_and_each_shows_its_own_message() {
    assertThat(sections).isSorted();
    assertThat(found(EXAMPLE, ProjectFiles.read("docs/errors.md"))).isEqualTo(sections);
  }

  private static Set<String> inSources(Pattern pattern) {
    return ProjectFiles.mainSources().stream()
        .flatMap(file -> found(pattern, ProjectFiles.read(file)).stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static List<String> found(Pattern pattern, String text) {
    return pattern.matcher(text).results().map((MatchResult match) -> match.group(1)).toList();
  }
}
