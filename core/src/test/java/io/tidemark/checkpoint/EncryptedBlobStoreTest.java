package io.tidemark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.ConfigException;
import io.tidemark.checkpoint.BlobStore.Source;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Encrypted blobs keep the contract, and nobody without the key reads or changes them. */
class EncryptedBlobStoreTest extends BlobStoreContract {
  private static final int CHUNK = EncryptedBlob.CHUNK_BYTES;

  @TempDir Path directory;

  private final MemoryBlobStore memory = new MemoryBlobStore(System::currentTimeMillis);
  private Path keys;

  @BeforeEach
  void writeKeys() throws Exception {
    keys = directory.resolve("keys");
    Files.writeString(keys, "# of last year\n" + key("2025", 1) + key("2026", 2));
    keys.toFile().setReadable(false, false);
    keys.toFile().setReadable(true, true);
  }

  @Override
  protected BlobStore open() throws Exception {
    if (keys == null) {
      writeKeys();
    }
    return new EncryptedBlobStore(memory, new FileKeyProvider(keys));
  }

  private static String key(String id, int seed) {
    return id + " = " + Base64.getEncoder().encodeToString(random(seed, 32)) + "\n";
  }

  @Test
  void nothing_of_the_plain_bytes_is_in_the_store() throws Exception {
    byte[] secret = bytes("a secret that repeats itself. ".repeat(10_000));
    try (BlobStore store = open()) {
      store.put("a", Source.of(secret));
      store.put("b", Source.of(secret));
    }

    String stored = new String(memory.read("a"), StandardCharsets.ISO_8859_1);
    assertThat(stored).doesNotContain("secret").doesNotContain("repeats");
    assertThat(memory.read("a"))
        .as("each blob has a key of its own")
        .isNotEqualTo(memory.read("b"));
  }

  @Test
  void new_blobs_use_the_last_key_and_old_ones_stay_readable() throws Exception {
    BlobStore store = open();
    store.put("old", Source.of(bytes("old")));
    assertThat(new String(memory.read("old"), StandardCharsets.ISO_8859_1)).contains("2026");

    Files.writeString(keys, Files.readString(keys) + key("2027", 3));
    store.put("new", Source.of(bytes("new")));

    assertThat(new String(memory.read("new"), StandardCharsets.ISO_8859_1)).contains("2027");
    assertThat(store.read("old")).isEqualTo(bytes("old"));
    assertThat(store.read("new")).isEqualTo(bytes("new"));
  }

  @Test
  void a_missing_key_is_named() throws Exception {
    BlobStore store = open();
    store.put("old", Source.of(bytes("old")));
    Files.writeString(keys, key("2027-new", 3));

    assertThatThrownBy(() -> store.read("old"))
        .isInstanceOf(BlobStoreException.class)
        .hasMessageStartingWith("TM-8110: the blob old in memory is encrypted with the master key")
        .hasMessageContaining("2026")
        .hasMessageContaining(keys.toString());
  }

  @Test
  void a_wrong_key_is_named() throws Exception {
    BlobStore store = open();
    store.put("old", Source.of(bytes("old")));
    Files.writeString(keys, key("2026", 4) + key("2027", 5));

    assertThatThrownBy(() -> store.read("old"))
        .isInstanceOf(BlobStoreException.class)
        .hasMessageStartingWith("TM-8111: ")
        .hasMessageContaining("2026");
  }

  @Test
  void any_bit_that_is_flipped_is_noticed() throws Exception {
    BlobStore store = open();
    byte[] plain = random(7, 3 * CHUNK + 1000);
    Random random = new Random(11);
    for (int i = 0; i < 300; i++) {
      store.put("blob", Source.of(plain));
      long bits = memory.stat("blob").size() * 8;
      long bit = i < 150 ? random.nextInt(EncryptedBlob.HEADER_BYTES * 8) : random.nextLong(bits);
      memory.flipBit("blob", bit);

      assertThatThrownBy(() -> store.read("blob"))
          .as("bit %d", bit)
          .isInstanceOf(BlobStoreException.class)
          .satisfies(
              e ->
                  assertThat(((BlobStoreException) e).code())
                      .isIn("TM-8110", "TM-8111", "TM-8112"));
    }
  }

  @Test
  void a_blob_that_is_cut_off_anywhere_is_noticed() throws Exception {
    BlobStore store = open();
    store.put("blob", Source.of(random(8, 3 * CHUNK)));
    int size = (int) memory.stat("blob").size();
    byte[] whole = memory.read("blob");
    int sealed = EncryptedBlob.SEALED_CHUNK_BYTES;
    int header = EncryptedBlob.HEADER_BYTES;
    for (int cut :
        new int[] {0, 4, header, header + 1, header + sealed, header + 2 * sealed, size - 1}) {
      memory.put("blob", Source.of(Arrays.copyOf(whole, cut)));

      assertTampered(store, 0);
      if (cut >= header) {
        assertTampered(store, 2 * CHUNK);
        assertTampered(store, 3 * CHUNK);
        assertTampered(store, 9 * CHUNK);
      }
    }
  }

  @Test
  void chunks_that_change_places_and_blobs_that_change_names_are_noticed() throws Exception {
    BlobStore store = open();
    store.put("blob", Source.of(random(9, 3 * CHUNK)));
    byte[] blob = memory.read("blob");
    memory.put("other", Source.of(blob));
    assertThatThrownBy(() -> store.read("other")).hasMessageStartingWith("TM-8112: ");

    byte[] swapped = blob.clone();
    int sealed = EncryptedBlob.SEALED_CHUNK_BYTES;
    System.arraycopy(
        blob, EncryptedBlob.HEADER_BYTES, swapped, EncryptedBlob.HEADER_BYTES + sealed, sealed);
    System.arraycopy(
        blob, EncryptedBlob.HEADER_BYTES + sealed, swapped, EncryptedBlob.HEADER_BYTES, sealed);
    memory.put("blob", Source.of(swapped));
    assertTampered(store, 0);
    assertTampered(store, CHUNK);
  }

  private static void assertTampered(BlobStore store, long from) {
    assertThatThrownBy(
            () -> {
              try (InputStream in = store.open("blob", from)) {
                in.readAllBytes();
              }
            })
        .isInstanceOf(BlobStoreException.class)
        .hasMessageStartingWith("TM-8112: ");
  }

  @Test
  void a_blob_that_was_never_encrypted_is_refused() throws Exception {
    memory.put("plain", Source.of(random(10, 1000)));

    assertThatThrownBy(() -> open().read("plain"))
        .hasMessageStartingWith("TM-8112: ")
        .hasMessageContaining("before encryption was turned on");
  }

  @Test
  void files_without_usable_keys_are_refused() throws IOException {
    assertUnusable("", "there is no key in it");
    assertUnusable("2026 = c2hvcnQ=\n", "line 1 is not an id");
    assertUnusable("a b = " + key("", 1).substring(3), "line 1 is not an id");
    assertUnusable(key("a", 1) + "\n" + key("a", 2), "the key a is there twice");
    Files.delete(keys);
    assertThatThrownBy(() -> new FileKeyProvider(keys)).hasMessageStartingWith("TM-8113: ");
  }

  private void assertUnusable(String content, String why) throws IOException {
    Files.writeString(keys, content);
    assertThatThrownBy(() -> new FileKeyProvider(keys))
        .isInstanceOf(BlobStoreException.class)
        .hasMessageStartingWith("TM-8113: the master keys in " + keys)
        .hasMessageContaining(why);
  }

  @Test
  void configuration_turns_it_on() {
    Map<String, String> place = Map.of("path", directory.resolve("blobs").toString());
    Map<String, String> encryption = Map.of("keys", "file", "file.path", keys.toString());
    try (BlobStore encrypted = BlobStores.open("filesystem", place, encryption, "job-1");
        BlobStore plain = BlobStores.open("filesystem", place, Map.of(), "job-1")) {
      encrypted.put("a", Source.of(bytes("text")));

      assertThat(encrypted.read("a")).isEqualTo(bytes("text"));
      assertThat(plain.read("a")).startsWith(bytes("TMEB"));
    }
  }

  @Test
  void what_is_wrong_in_the_configuration_is_told() {
    Map<String, String> place = Map.of("path", directory.toString());
    assertThatThrownBy(() -> BlobStores.open("filesystm", place, Map.of(), "job-1"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-1003: task.checkpoint.store.factory=filesystm: ")
        .hasMessageContaining("did you mean filesystem?");
    assertThatThrownBy(() -> BlobStores.open("filesystem", Map.of("paht", "x"), Map.of(), "job-1"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-1002: the configuration has 2 problems")
        .hasMessageContaining("task.checkpoint.store.filesystem.path: is missing")
        .hasMessageContaining("filesystem.paht: is unknown; did you mean path?");
    assertThatThrownBy(() -> BlobStores.open("filesystem", place, Map.of("key", "file"), "job-1"))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("TM-1002: the configuration has 2 problems")
        .hasMessageContaining("did you mean keys?");
  }
}
