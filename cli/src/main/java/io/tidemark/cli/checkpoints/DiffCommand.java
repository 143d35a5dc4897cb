package io.tidemark.cli.checkpoints;

import io.tidemark.api.Serde;
import io.tidemark.api.TaskName;
import io.tidemark.checkpoint.Difference;
import io.tidemark.checkpoint.Difference.Counts;
import io.tidemark.cli.options.JobOptions;
import io.tidemark.cli.state.SerdeText;
import io.tidemark.config.Serdes;
import io.tidemark.config.StoreDefinition;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tidemark checkpoints diff}. */
@Command(
    name = "diff",
    description =
        "Shows for each store how many entries and bytes differ between two checkpoints. What"
            + " differs is restored into a temporary directory.")
final class DiffCommand implements Runnable {
  private static final int SLOT_BYTES = 2;

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private JobOptions options;

  @Parameters(index = "0", paramLabel = "FIRST", description = "The older one.")
  @SuppressWarnings("NullAway.Init")
  private String first;

  @Parameters(index = "1", paramLabel = "SECOND", description = "The newer one.")
  @SuppressWarnings("NullAway.Init")
  private String second;

  @Option(names = "--keys", description = "Show the keys that differ, too.")
  private boolean keys;

  @Option(names = "--json", description = "JSON, one object on a line.")
  private boolean json;

  private final Map<String, Function<byte[], String>> texts = new HashMap<>();

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    try (OpenCatalog open = new OpenCatalog(options)) {
      Difference difference =
          new Difference(
              open.blobs(),
              open.scratch(),
              (task, store, kind, key) -> {
                if (keys) {
                  show(out, open, task, store, kind, key);
                }
              });
      Map<String, Counts> stores =
          difference.of(
              open.catalog().load(OpenCatalog.location(first)),
              open.catalog().load(OpenCatalog.location(second)));
      show(out, new TreeMap<>(stores));
    }
    out.flush();
  }

  private void show(
      PrintWriter out,
      OpenCatalog open,
      TaskName task,
      String store,
      Difference.Kind kind,
      byte[] engineKey) {
    String key =
        texts
            .computeIfAbsent(store, name -> text(open, name))
            .apply(Arrays.copyOfRange(engineKey, SLOT_BYTES, engineKey.length));
    String what = kind.name().toLowerCase(Locale.ROOT).replace('_', '-');
    if (json) {
      // The key is JSON already.
      String head = Output.json(Output.object("task", task, "store", store, "differs", what));
      out.print(head.substring(0, head.length() - 1) + ",\"key\":" + key + "}\n");
    } else {
      out.printf("%s  %s  %s  %s%n", what, task, store, key);
    }
  }

  @SuppressWarnings("unchecked") // the store's keys are the serde's
  private static Function<byte[], String> text(OpenCatalog open, String store) {
    StoreDefinition definition = open.settings().stores().get(store);
    if (definition == null) {
      return key -> "{\"$bytes\":\"" + HexFormat.of().formatHex(key) + "\"}";
    }
    String name = "stores." + store + ".key.serde";
    Serde<?> serde = new Serdes(open.config()).create(name, definition.keySerde());
    return new SerdeText((Serde<Object>) serde, name)::json;
  }

  private void show(PrintWriter out, Map<String, Counts> stores) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of("STORE", "ONLY IN FIRST", "BYTES", "ONLY IN SECOND", "BYTES", "CHANGED", "BYTES"));
    stores.forEach(
        (store, counts) -> {
          if (json) {
            out.print(Output.json(object(store, counts)) + "\n");
          }
          rows.add(
              List.of(
                  store,
                  Long.toString(counts.onlyInFirst()),
                  Output.bytes(counts.bytesOnlyInFirst()),
                  Long.toString(counts.onlyInSecond()),
                  Output.bytes(counts.bytesOnlyInSecond()),
                  Long.toString(counts.changed()),
                  Output.bytes(counts.bytesChanged())));
        });
    if (!json) {
      Output.print(out, rows);
    }
  }

  private static Map<String, ?> object(String store, Counts counts) {
    return Output.object(
        "store", store,
        "onlyInFirst", counts.onlyInFirst(),
        "bytesOnlyInFirst", counts.bytesOnlyInFirst(),
        "onlyInSecond", counts.onlyInSecond(),
        "bytesOnlyInSecond", counts.bytesOnlyInSecond(),
        "changed", counts.changed(),
        "bytesChanged", counts.bytesChanged());
  }
}
