package io.tidemark.journal;

import io.tidemark.api.Partition;
import io.tidemark.api.SystemStreamPartition;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Reads a block's body: the reverse of {@link BlockBuilder}. The bytes are not copied. */
final class BlockBody {
  private final ByteBuffer bytes;
  private long timeMs;
  private @Nullable String writer;
  private @Nullable UUID journalId;
  private Block.@Nullable Opening opening;
  private Map<SystemStreamPartition, String> positions = Map.of();
  private Block.Marks marks = Block.Marks.NONE;
  private final List<StoreChanges> stores = new ArrayList<>(2);

  private BlockBody(byte[] body) {
    bytes = ByteBuffer.wrap(body);
  }

  /**
   * Parses a body.
   *
   * @throws RuntimeException if the bytes are no body
   */
  static Block parse(long number, long generation, byte[] body) {
    BlockBody parser = new BlockBody(body);
    while (parser.bytes.hasRemaining()) {
      parser.section();
    }
    if (parser.writer == null || parser.journalId == null) {
      throw new IllegalStateException("no origin section");
    }
    return new Block(
        number,
        generation,
        parser.timeMs,
        parser.writer,
        parser.journalId,
        parser.opening,
        parser.positions,
        parser.marks,
        parser.stores);
  }

  private void section() {
    int id = bytes.get();
    int length = bytes.getInt();
    int end = bytes.position() + length;
    if (length < 0 || end > bytes.limit()) {
      throw new IllegalStateException("section " + id + " is longer than the body");
    }
    switch (id) {
      case BlockBuilder.SECTION_ORIGIN -> {
        timeMs = bytes.getLong();
        writer = string();
        journalId = new UUID(bytes.getLong(), bytes.getLong());
      }
      case BlockBuilder.SECTION_OPENING -> opening = readOpening();
      case BlockBuilder.SECTION_POSITIONS -> positions = readPositions();
      case BlockBuilder.SECTION_MARKS ->
          marks = new Block.Marks(bytes.getLong(), bytes.getLong(), readFlag());
      case BlockBuilder.SECTION_STORE -> {
        String store = string();
        int count = varint();
        stores.add(new StoreChanges(store, count, bytes.array(), bytes.position(), end));
        bytes.position(end);
      }
      default ->
          throw new IllegalStateException(
              "section " + id + " is unknown to this version of Tidemark");
    }
    if (bytes.position() != end) {
      throw new IllegalStateException("section " + id + " does not end where it says");
    }
  }

  private Block.Opening readOpening() {
    int tasks = varint();
    int partitions = varint();
    int slots = varint();
    long begunFrom = bytes.getLong();
    int count = varint();
    List<StoreIdentity> identities = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      identities.add(
          new StoreIdentity(string(), varint(), string(), string(), string(), strings()));
    }
    return new Block.Opening(tasks, partitions, slots, begunFrom, identities);
  }

  private boolean readFlag() {
    byte flag = bytes.get();
    if (flag != 0 && flag != 1) {
      throw new IllegalStateException("a flag is " + flag);
    }
    return flag == 1;
  }

  private List<String> strings() {
    int count = varint();
    List<String> read = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      read.add(string());
    }
    return read;
  }

  private Map<SystemStreamPartition, String> readPositions() {
    int count = varint();
    Map<SystemStreamPartition, String> read = new LinkedHashMap<>();
    for (int i = 0; i < count; i++) {
      String system = string();
      String stream = string();
      Partition partition = new Partition(varint());
      read.put(new SystemStreamPartition(system, stream, partition), string());
    }
    return read;
  }

  private String string() {
    int length = varint();
    String string = new String(bytes.array(), bytes.position(), length, StandardCharsets.UTF_8);
    bytes.position(bytes.position() + length);
    return string;
  }

  private int varint() {
    int value = 0;
    for (int shift = 0; shift < 35; shift += 7) {
      byte b = bytes.get();
      value |= (b & 0x7f) << shift;
      if (b >= 0) {
        return value;
      }
    }
    throw new IllegalStateException("an endless number");
  }
}
