package io.tidemark.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.api.LongSerde;
import io.tidemark.api.Serde;
import io.tidemark.api.StateException;
import io.tidemark.api.StringSerde;
import io.tidemark.journal.StoreIdentity;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StoreIdentitiesTest {
  private static final StoreSpec LONGS =
      StateUnderTest.spec("s", new StringSerde(), new LongSerde(), null, true);
  private static final StoreIdentity KNOWN =
      new StoreIdentity("s", 1, "string", "partition", "", List.of("long"));

  private static List<StoreIdentity> opened(StoreIdentity... remembered) {
    return StoreIdentities.opened("main-0", List.of(remembered), List.of(LONGS));
  }

  @Test
  void aNewStoreIsRememberedAsItIsConfigured() {
    assertThat(opened()).containsExactly(KNOWN);
    assertThat(opened(KNOWN)).containsExactly(KNOWN);
  }

  @Test
  void aStoreThatIsNotConfiguredNowIsNotForgotten() {
    StoreIdentity other = new StoreIdentity("t", 1, "uuid", "task", "", List.of("a", "b"));
    assertThat(opened(other)).containsExactly(other, KNOWN);
  }

  @Test
  void aLaterFormatIsRefused() {
    assertThatThrownBy(
            () -> opened(new StoreIdentity("s", 2, "string", "partition", "", List.of())))
        .isInstanceOf(StateException.class)
        .hasMessageStartingWith("TM-3015: ")
        .hasMessageContaining("of format 2, and this version of Tidemark knows 1");
  }

  /** Reads whatever there was. */
  private static final class Omnivore implements Serde<Long> {
    private final LongSerde serde = new LongSerde();

    @Override
    public byte @Nullable [] toBytes(@Nullable Long object) {
      return serde.toBytes(object);
    }

    @Override
    public @Nullable Long fromBytes(byte @Nullable [] bytes) {
      return serde.fromBytes(bytes);
    }

    @Override
    public String schema() {
      return "one more";
    }

    @Override
    public boolean reads(String schema) {
      return true;
    }
  }

  @Test
  void thereAre128SchemasAndNoneIsForgottenForAnother() {
    StoreSpec spec = StateUnderTest.spec("s", new StringSerde(), new Omnivore(), null, true);
    List<String> schemas = new ArrayList<>();
    for (int i = 0; i < 127; i++) {
      schemas.add("v" + i);
    }
    StoreIdentity most = new StoreIdentity("s", 1, "string", "partition", "", schemas);
    schemas.add("one more");
    StoreIdentity all = new StoreIdentity("s", 1, "string", "partition", "", schemas);
    assertThat(StoreIdentities.opened("main-0", List.of(most), List.of(spec))).containsExactly(all);
    assertThat(StoreIdentities.opened("main-0", List.of(all), List.of(spec))).containsExactly(all);

    schemas.set(127, "another");
    StoreIdentity full = new StoreIdentity("s", 1, "string", "partition", "", schemas);
    assertThatThrownBy(() -> StoreIdentities.opened("main-0", List.of(full), List.of(spec)))
        .isInstanceOf(StateException.class)
        .hasMessageStartingWith("TM-3015: ")
        .hasMessageContaining(
            "has had 128 schemas of values, and cannot have one more as one more");
  }
}
