package io.tidemark.cli.state;

import io.tidemark.state.KeyRange;
import io.tidemark.state.StoreSpec;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tidemark state export}. */
@Command(
    name = "export",
    description = {
      "Writes all entries of a store, one task after another.",
      "A file is there under its name when it is complete, and not before."
    })
final class ExportCommand implements Runnable {
  private static final List<String> COLUMNS = List.of("task", "slot", "key", "value", "expires");

  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private SourceOptions options;

  @Option(names = "--store", paramLabel = "STORE", required = true, description = "The store.")
  @SuppressWarnings("NullAway.Init")
  private String storeName;

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "The file to write. Default: the standard output.")
  private @Nullable Path output;

  @Override
  public void run() {
    Format format = options.exportFormat(output);
    if (format == Format.PARQUET && output == null) {
      throw new ParameterException(
          spec.commandLine(), "a Parquet file needs a name; give --output FILE");
    }
    try (OpenJob job = new OpenJob(options, spec.commandLine())) {
      StoreSpec store = job.state().store(storeName);
      try (StateSource source = job.source(store, KeyRange.ALL)) {
        Traversal traversal = new Traversal("exported", job.notes());
        if (output == null) {
          write(traversal, source, rows(format, spec.commandLine().getOut(), store));
        } else {
          writeFile(traversal, source, format, store, output);
        }
        job.tell(source.origins());
        job.notes().say(traversal.text());
      }
    }
  }

  private static void write(Traversal traversal, StateSource source, EntryWriter writer) {
    traversal.run(source, writer::write);
    writer.close();
  }

  private static void writeFile(
      Traversal traversal, StateSource source, Format format, StoreSpec store, Path name) {
    try (OutputFile file = new OutputFile(name)) {
      if (format == Format.PARQUET) {
        write(traversal, source, new EntryParquet(file, name, new StoreText(store)));
      } else {
        PrintWriter out =
            new PrintWriter(new OutputStreamWriter(file.stream(), StandardCharsets.UTF_8));
        write(traversal, source, rows(format, out, store));
        file.check(out);
      }
      file.complete();
    }
  }

  private static EntryWriter rows(Format format, PrintWriter out, StoreSpec store) {
    RowWriter rows =
        switch (format) {
          case CSV -> new Csv(out, COLUMNS);
          case TABLE -> new Table(out, StoreText.COLUMNS);
          case JSONL, PARQUET -> new JsonLines(out);
        };
    return EntryWriter.of(rows, new StoreText(store));
  }
}
