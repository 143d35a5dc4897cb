package io.tidemark.coordinator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileMetadataStoreTest extends MetadataStoreContract {
  @TempDir Path directory;

  @Override
  MetadataStore open() {
    return new FileMetadataStore(directory.resolve("metadata"));
  }

  @Test
  void an_entry_of_which_any_byte_is_not_what_was_written_is_refused() throws Exception {
    open().put("job", "a job".getBytes(StandardCharsets.UTF_8), 0);
    Path file = directory.resolve("metadata/job");
    byte[] good = Files.readAllBytes(file);
    for (int i = 0; i < good.length; i++) {
      byte[] bad = good.clone();
      bad[i] ^= 4;
      Files.write(file, bad);
      assertThatThrownBy(() -> open().get("job")).hasMessageContaining("TM-8311");
    }
  }

  @Test
  void an_entry_that_is_torn_is_refused_and_not_overwritten() throws Exception {
    open().put("job", "a job".getBytes(StandardCharsets.UTF_8), 0);
    Path file = directory.resolve("metadata/job");
    byte[] good = Files.readAllBytes(file);
    for (int length = 0; length < good.length; length++) {
      Files.write(file, Arrays.copyOf(good, length));
      assertThatThrownBy(() -> open().get("job"))
          .hasMessageContaining("TM-8311")
          .hasMessageContaining(file.toString());
      assertThatThrownBy(() -> open().put("job", new byte[1], 0)).hasMessageContaining("TM-8311");
    }
  }

  @Test
  void what_a_crash_left_of_a_write_is_not_seen() throws Exception {
    MetadataStore store = open();
    store.put("job", new byte[] {1}, 0);
    Files.write(directory.resolve("metadata/.new"), new byte[] {1, 2, 3});
    assertThat(store.list("")).containsExactly("job");
    assertThat(store.put("other", new byte[] {2}, 0)).isNotZero();
  }

  @Test
  void a_name_that_leads_elsewhere_is_refused() {
    for (String name : new String[] {"../job", ".lock", "a//b", "/job", "a/../b", ""}) {
      assertThatThrownBy(() -> open().get(name)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
