package io.tidemark.cli.state;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.journal.StoreChanges.Cursor;
import io.tidemark.state.StoredEntry;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What blocks say, as values and as JSON. */
final class Changes {
  private static final int SLOT_BYTES = 2;

  private Changes() {}

  /** The bytes of the changed key as the key serde wrote them. */
  static byte[] key(Cursor change) {
    int begin = change.keyOffset();
    return Arrays.copyOfRange(change.array(), begin + SLOT_BYTES, begin + change.keyLength());
  }

  /** The entry that a change made; null if it removed the key. */
  static @Nullable StoredEntry entry(Cursor change) {
    if (change.valueLength() < 0) {
      return null;
    }
    return StoredEntry.of(
        Arrays.copyOfRange(
            change.array(), change.keyOffset(), change.keyOffset() + change.keyLength()),
        Arrays.copyOfRange(
            change.array(), change.valueOffset(), change.valueOffset() + change.valueLength()));
  }

  /** Whether the changed key is this one, in whatever slot. */
  static boolean isOf(Cursor change, byte[] key) {
    int begin = change.keyOffset();
    return Arrays.equals(
        change.array(), begin + SLOT_BYTES, begin + change.keyLength(), key, 0, key.length);
  }

  /** Positions as a JSON object. */
  static String json(Map<SystemStreamPartition, String> positions) {
    return positions.entrySet().stream()
        .map(p -> SerdeText.quote(p.getKey().toString()) + ":" + SerdeText.quote(p.getValue()))
        .sorted()
        .collect(Collectors.joining(",", "{", "}"));
  }
}
