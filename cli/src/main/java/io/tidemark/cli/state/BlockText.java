package io.tidemark.cli.state;

import io.tidemark.container.JobState;
import io.tidemark.journal.Block;
import io.tidemark.journal.StoreChanges;
import io.tidemark.state.StoredEntry;
import io.tidemark.state.StoredValue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/** Shows blocks, for people and for programs. Confined to one thread. */
final class BlockText {
  private final JobState state;
  private final boolean changes;
  private final Map<String, ChangeText> stores = new HashMap<>();

  /** How the keys and values of a store are shown. */
  private interface ChangeText {
    String key(byte[] key);

    String value(byte[] value);
  }

  /**
   * @param changes whether to show the keys and values that changed
   */
  BlockText(JobState state, boolean changes) {
    this.state = state;
    this.changes = changes;
  }

  /** A block as a paragraph of lines. */
  String paragraph(Block block) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "commit %d  %s  generation %d  writer %s%n",
            block.number(),
            Instant.ofEpochMilli(block.timeMs()),
            block.generation(),
            block.writer()));
    Block.Opening opening = block.opening();
    if (opening != null) {
      text.append(
          String.format(
              "  opening    of journal %s: %d partitions, %d slots%s%n",
              block.journalId(),
              opening.partitions(),
              opening.slots(),
              opening.begunFrom() == 0 ? "" : ", begun from checkpoint " + opening.begunFrom()));
    }
    if (block.marks().cut() != 0) {
      text.append("  cut        of checkpoint ").append(block.marks().cut()).append("\n");
    }
    block.positions().entrySet().stream()
        .map(position -> position.getKey() + " " + position.getValue())
        .sorted()
        .forEach(position -> text.append("  position   ").append(position).append("\n"));
    for (StoreChanges store : block.stores()) {
      text.append(
          String.format(
              "  store      %s: %d changes, %d bytes%n",
              store.store(), store.count(), store.bytes()));
      if (changes) {
        lines(store).forEach(line -> text.append("    ").append(line).append("\n"));
      }
    }
    return text.toString();
  }

  private List<String> lines(StoreChanges store) {
    ChangeText text = text(store.store());
    List<String> lines = new ArrayList<>();
    for (StoreChanges.Cursor change = store.cursor(); change.next(); ) {
      StoredEntry entry = Changes.entry(change);
      String key = text.key(Changes.key(change));
      lines.add(
          entry == null
              ? key + " removed"
              : key + " = " + text.value(entry.value()) + expires(entry, ", expires "));
    }
    return lines;
  }

  /** A block as a JSON object on one line. */
  String json(Block block) {
    StringBuilder json = new StringBuilder();
    json.append("{\"commit\":").append(block.number());
    json.append(",\"time\":").append(StoreText.time(block.timeMs()));
    json.append(",\"generation\":").append(block.generation());
    json.append(",\"writer\":").append(SerdeText.quote(block.writer()));
    Block.Opening opening = block.opening();
    if (opening != null) {
      json.append(
          String.format(
              ",\"opening\":{\"journal\":\"%s\",\"partitions\":%d,\"slots\":%d%s}",
              block.journalId(),
              opening.partitions(),
              opening.slots(),
              opening.begunFrom() == 0 ? "" : ",\"begunFrom\":" + opening.begunFrom()));
    }
    if (block.marks().cut() != 0) {
      json.append(",\"cut\":").append(block.marks().cut());
    }
    json.append(",\"positions\":").append(Changes.json(block.positions()));
    json.append(",\"stores\":[");
    String separator = "";
    for (StoreChanges store : block.stores()) {
      json.append(separator).append(json(store));
      separator = ",";
    }
    return json.append("]}").toString();
  }

  private String json(StoreChanges store) {
    String head =
        String.format(
            "{\"store\":%s,\"changes\":%d,\"bytes\":%d",
            SerdeText.quote(store.store()), store.count(), store.bytes());
    return head + (changes ? ",\"entries\":[" + String.join(",", objects(store)) + "]}" : "}");
  }

  private List<String> objects(StoreChanges store) {
    ChangeText text = text(store.store());
    List<String> objects = new ArrayList<>();
    for (StoreChanges.Cursor change = store.cursor(); change.next(); ) {
      StoredEntry entry = Changes.entry(change);
      objects.add(
          "{\"key\":"
              + text.key(Changes.key(change))
              + ",\"value\":"
              + (entry == null
                  ? "null"
                  : text.value(entry.value()) + expires(entry, ",\"expires\":"))
              + "}");
    }
    return objects;
  }

  private static String expires(StoredEntry entry, String before) {
    return entry.expires() == StoredValue.NEVER ? "" : before + StoreText.time(entry.expires());
  }

  /** A store that the configuration does not name any more is shown as bytes. */
  private ChangeText text(String store) {
    return stores.computeIfAbsent(
        store, name -> state.settings().stores().containsKey(name) ? known(name) : unknown());
  }

  private ChangeText known(String store) {
    StoreText text = new StoreText(state.store(store));
    return new ChangeText() {
      @Override
      public String key(byte[] key) {
        return text.keys().json(key);
      }

      @Override
      public String value(byte[] value) {
        return text.values().json(value);
      }
    };
  }

  private static ChangeText unknown() {
    return new ChangeText() {
      @Override
      public String key(byte[] key) {
        return "{\"$bytes\":\"" + HexFormat.of().formatHex(key) + "\"}";
      }

      @Override
      public String value(byte[] value) {
        return key(value);
      }
    };
  }
}
