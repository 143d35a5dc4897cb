package io.tidemark.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ConfigReferenceTest {

  @Test
  void the_page_in_docs_is_what_the_definitions_say() throws IOException {
    assertThat(Files.readString(Path.of("..", "docs", "configuration.md")))
        .as("regenerate it with: ./tidemark config --markdown > docs/configuration.md")
        .isEqualTo(ConfigReference.markdown());
  }

  @Test
  void every_key_is_in_both_forms() {
    for (Key<?> key : Keys.ALL) {
      assertThat(ConfigReference.markdown()).contains("| `" + key.name() + "` |");
      assertThat(ConfigReference.text()).contains("\n  " + key.name() + "\n");
    }
  }

  @Test
  void the_text_fits_a_terminal() {
    assertThat(ConfigReference.text().lines()).allMatch(line -> line.length() <= 100);
  }

  @Test
  void no_key_is_defined_twice() {
    assertThat(Keys.ALL.stream().map(key -> key.name().toString())).doesNotHaveDuplicates();
  }
}
