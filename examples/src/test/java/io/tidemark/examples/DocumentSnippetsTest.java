package io.tidemark.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.ProjectFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What documents show of Java and of configuration stands in files that are compiled and tested.
 */
class DocumentSnippetsTest {
  private static final Pattern SNIPPET =
      Pattern.compile("(?ms)^```(?:java|properties)\\n(.*?)^```$");
  private static final int FIRST_JOB_LINES = 60;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "README.md",
        "docs/tasks.md",
        "docs/stores.md",
        "docs/stages.md",
        "docs/schema.md",
        "docs/embedding.md"
      })
  void eachSnippetIsInAnExampleFileToTheLetter(String document) throws IOException {
    List<String> files = exampleFiles();

    assertThat(snippets(document))
        .isNotEmpty()
        .allSatisfy(snippet -> assertThat(files).anyMatch(file -> file.contains(snippet)));
  }

  @Test
  void theFirstJobWithItsTestIsShort() {
    assertThat(snippets("README.md").stream().flatMap(String::lines))
        .hasSizeLessThan(FIRST_JOB_LINES);
  }

  private static List<String> snippets(String document) {
    return SNIPPET
        .matcher(ProjectFiles.read(document))
        .results()
        .map((MatchResult match) -> match.group(1))
        .toList();
  }

  /** The texts of all files, and the same with the indentation of class members taken away. */
  private static List<String> exampleFiles() throws IOException {
    try (Stream<Path> files = Files.walk(ProjectFiles.root().resolve("examples/src"))) {
      return files
          .filter(file -> file.toString().matches(".*\\.(java|properties)"))
          .map(file -> ProjectFiles.read(ProjectFiles.root().relativize(file).toString()))
          .flatMap(text -> Stream.of(text, text.replaceAll("(?m)^ {2}", "")))
          .toList();
    }
  }
}
