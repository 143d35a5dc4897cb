package io.tidemark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.checkpoint.BlobStore.Source;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file system store keeps the contract; and what is particular to it. */
class FileBlobStoreTest extends BlobStoreContract {
  @TempDir Path directory;

  @Override
  protected BlobStore open() {
    return new FileBlobStore(root(), System::currentTimeMillis);
  }

  @Override
  protected int manyNames() {
    return 300; // There are no pages.
  }

  private Path root() {
    return directory.resolve("some/new/place");
  }

  /** The contract holds where a file cannot have two names. */
  @Nested
  class WithoutHardLinks extends BlobStoreContract {
    @Override
    protected BlobStore open() {
      return new FileBlobStore(
          directory.resolve("unlinked"),
          System::currentTimeMillis,
          (link, existing) -> {
            throw new FileSystemException(link.toString(), null, "Operation not permitted");
          });
    }

    @Override
    protected int manyNames() {
      return 30;
    }
  }

  @Test
  void files_are_copied_whole() throws Exception {
    byte[] content = random(4, 5_000_000);
    Path file = Files.write(directory.resolve("000012.sst"), content);
    try (BlobStore store = open()) {
      store.put("blobs/12/file", Source.of(file));

      assertThat(store.read("blobs/12/file")).isEqualTo(content);
    }
  }

  @Test
  void leftovers_are_not_seen_and_go_after_a_day() throws Exception {
    long now = System.currentTimeMillis();
    new FileBlobStore(root(), () -> now).put("whole", Source.of(bytes("whole")));
    Path leftover = Files.write(root().resolve(".tmp/leftover"), bytes("torn"));
    Path fresh = Files.write(root().resolve(".tmp/fresh"), bytes("being written"));
    Files.setLastModifiedTime(leftover, FileTime.fromMillis(now - 25 * 3_600_000));

    FileBlobStore reopened = new FileBlobStore(root(), () -> now);

    assertThat(reopened.list("")).extracting(BlobStore.Stat::name).containsExactly("whole");
    assertThat(leftover).doesNotExist();
    assertThat(fresh).exists();
  }

  @Test
  void nothing_temporary_is_left_by_a_write_that_ends_or_fails() throws Exception {
    try (BlobStore store = open()) {
      store.put("a", Source.of(bytes("a")));
      store.putIfAbsent("b", bytes("b"));
      store.putIfAbsent("b", bytes("other"));
      assertThatThrownBy(() -> store.put("c", failing(100, new java.io.IOException("bad"))))
          .isInstanceOf(BlobStoreException.class);
    }

    assertThat(root().resolve(".tmp")).isEmptyDirectory();
  }

  @Test
  void the_last_blob_of_a_directory_takes_it_along() {
    try (BlobStore store = open()) {
      store.put("checkpoints/000000000001/manifest", Source.of(bytes("{}")));
      store.put("checkpoints/000000000002/manifest", Source.of(bytes("{}")));
      store.delete("checkpoints/000000000001/manifest");
    }

    assertThat(root().resolve("checkpoints/000000000001")).doesNotExist();
    assertThat(root().resolve("checkpoints/000000000002")).exists();
  }

  @Test
  void a_file_where_the_directory_should_be_is_named() throws Exception {
    Path file = Files.write(directory.resolve("file"), bytes("a file"));

    assertThatThrownBy(() -> new FileBlobStore(file.resolve("below"), System::currentTimeMillis))
        .isInstanceOf(BlobStoreException.class)
        .hasMessageStartingWith("TM-8105: ")
        .hasMessageContaining(file + " is not a directory");
  }

  @Test
  void jobs_have_directories_of_their_own() {
    Map<String, String> properties = Map.of("path", directory.toString());
    try (BlobStore one = BlobStores.open("filesystem", properties, Map.of(), "one-1");
        BlobStore two = BlobStores.open("filesystem", properties, Map.of(), "two-1")) {
      one.put("a", Source.of(bytes("of one")));

      assertThat(two.stat("a")).isNull();
      assertThat(directory.resolve("one-1/a")).hasContent("of one");
    }
  }
}
