package io.tidemark.cli.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.TidemarkException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogLinesTest {
  @TempDir Path folder;

  @Test
  void a_plain_file_is_read_line_by_line() throws IOException {
    assertThat(read(file(bytes("a\nb\r\n\nc")), Long.MAX_VALUE)).containsExactly("a", "b", "", "c");
  }

  @Test
  void a_packed_file_is_unpacked_whatever_its_name() throws IOException {
    assertThat(read(file(gzip("a\nb\n")), Long.MAX_VALUE)).containsExactly("a", "b");
  }

  @Test
  void all_parts_of_a_file_that_was_packed_in_parts_are_read() throws IOException {
    ByteArrayOutputStream parts = new ByteArrayOutputStream();
    parts.write(gzip("a\nb\n"));
    parts.write(gzip("c\n"));

    assertThat(read(file(parts.toByteArray()), Long.MAX_VALUE)).containsExactly("a", "b", "c");
  }

  @Test
  void no_more_lines_are_read_than_wanted() throws IOException {
    assertThat(read(file(bytes("a\nb\nc\n")), 2)).containsExactly("a", "b");
  }

  @Test
  void an_empty_file_has_no_lines() throws IOException {
    assertThat(read(file(new byte[0]), Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void a_byte_that_is_no_text_becomes_a_replacement_character() throws IOException {
    assertThat(read(file(new byte[] {'a', (byte) 0xff, '\n'}), 9)).containsExactly("a\ufffd");
  }

  @Test
  void a_file_that_is_not_there_is_an_error_that_names_it() {
    assertThatThrownBy(() -> LogLines.read(folder.resolve("absent.log"), 1))
        .isInstanceOf(TidemarkException.class)
        .hasMessageContaining("TM-5010")
        .hasMessageContaining("absent.log")
        .hasMessageContaining("--input");
  }

  @Test
  void generated_lines_depend_on_the_seed_alone() {
    assertThat(generate(7)).isEqualTo(generate(7)).isNotEqualTo(generate(8)).hasSize(100);
  }

  private static List<String> generate(long seed) {
    return all(LogLines.of(new DemoSettings(null, 100, seed, 8, 2, true, false)));
  }

  private static List<String> read(Path file, long limit) {
    return all(LogLines.read(file, limit));
  }

  private static List<String> all(LogLines source) {
    List<String> found = new ArrayList<>();
    try (source) {
      for (String line = source.next(); line != null; line = source.next()) {
        found.add(line);
      }
      assertThat(source.count()).isEqualTo(found.size());
    }
    return found;
  }

  private Path file(byte[] content) throws IOException {
    return Files.write(folder.resolve("access.log"), content);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(packed)) {
      out.write(bytes(text));
    }
    return packed.toByteArray();
  }
}
