package io.tidemark.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.checkpoint.BlobStore.Source;
import io.tidemark.checkpoint.FaultyBlobStore.Fault;
import io.tidemark.checkpoint.FaultyBlobStore.Script;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Faults do what they are called, so that tests with them test what they say. */
class FaultyBlobStoreTest {
  private final MemoryBlobStore memory = new MemoryBlobStore();

  /** Late lists are within the contract. */
  @Nested
  class WithListsThatAreLate extends BlobStoreContract {
    private final MemoryBlobStore blobs = new MemoryBlobStore(System::currentTimeMillis);

    @Override
    protected BlobStore open() {
      return new FaultyBlobStore(blobs, Script.calm())
          .withListingLag(100, System::currentTimeMillis, new Random(1));
    }
  }

  @ParameterizedTest
  @EnumSource(value = Fault.class, names = "NONE", mode = EnumSource.Mode.EXCLUDE)
  void a_write_has_had_its_effect_only_if_the_response_is_lost(Fault fault) {
    BlobStore faulty = with(fault);
    boolean effect = fault == Fault.LOST_RESPONSE;

    assertThatThrownBy(() -> faulty.put("put", Source.of(new byte[] {1})))
        .hasMessageStartingWith("TM-8101: ")
        .hasMessageContaining(fault.name());
    assertThatThrownBy(() -> faulty.putIfAbsent("absent", new byte[] {1}))
        .hasMessageStartingWith("TM-8101: ");

    assertThat(memory.stat("put") != null).isEqualTo(effect);
    assertThat(memory.stat("absent") != null).isEqualTo(effect);
    assertThat(memory.putIfAbsent("absent", new byte[] {1})).as("tried again").isTrue();
  }

  @Test
  void a_read_breaks_off() throws Exception {
    memory.put("read", Source.of(new byte[1000]));

    try (InputStream in = with(Fault.LOST_RESPONSE).open("read", 0)) {
      assertThatThrownBy(in::readAllBytes).isInstanceOf(IOException.class);
    }
  }

  @Test
  void a_read_of_all_that_breaks_off_says_that_the_store_cannot_be_reached() {
    memory.put("read", Source.of(new byte[1000]));

    assertThatThrownBy(() -> with(Fault.LOST_RESPONSE).read("read"))
        .isInstanceOf(BlobStoreException.class)
        .hasMessageStartingWith("TM-8101: ");
  }

  @Test
  void the_same_seed_makes_the_same_faults() {
    assertThat(faults(5)).isEqualTo(faults(5)).isNotEqualTo(faults(6)).contains("TORN");
  }

  private static String faults(long seed) {
    Script script = Script.random(new Random(seed), 0.3);
    StringBuilder faults = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      faults.append(script.next(FaultyBlobStore.Operation.PUT, "x")).append(' ');
    }
    return faults.toString();
  }

  @Test
  void the_dead_change_nothing() {
    FaultyBlobStore process = new FaultyBlobStore(memory, Script.calm());
    process.put("before", Source.of(new byte[1]));
    process.die();

    assertThatThrownBy(() -> process.delete("before")).hasMessageStartingWith("TM-8101: ");
    assertThat(memory.stat("before")).isNotNull();
  }

  private BlobStore with(Fault fault) {
    return new FaultyBlobStore(memory, (operation, name) -> fault);
  }
}
