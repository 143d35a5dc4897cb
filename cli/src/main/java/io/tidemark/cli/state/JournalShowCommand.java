package io.tidemark.cli.state;

import io.tidemark.api.TaskName;
import io.tidemark.cli.options.JobOptions;
import io.tidemark.container.JobState;
import io.tidemark.journal.Block;
import io.tidemark.journal.BlockDecoder.LocatedBlock;
import io.tidemark.journal.BlockReader;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tidemark journal show}. */
@Command(
    name = "show",
    description = "Shows the blocks of a task's journal: what each of its commits says.")
final class JournalShowCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private JobOptions options;

  @Option(
      names = "--task",
      paramLabel = "TASK",
      required = true,
      description = "The task, such as main-0.")
  @SuppressWarnings("NullAway.Init")
  private String taskName;

  @Option(
      names = "--from-commit",
      paramLabel = "N",
      defaultValue = "1",
      description = "The first commit to show. Default: ${DEFAULT-VALUE}.")
  private long fromCommit;

  @Option(
      names = "--to-commit",
      paramLabel = "N",
      description = "The last commit to show. Default: the newest.")
  private long toCommit = Long.MAX_VALUE;

  @Option(
      names = "--timeline",
      paramLabel = "N",
      description =
          "Look at an earlier timeline of the job, before it was begun anew. Default: the present"
              + " one.")
  private int timeline;

  @Option(names = "--changes", description = "Show the keys and values that changed, too.")
  private boolean changes;

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "jsonl, or table, for people, the default on a terminal.")
  private @Nullable Format format;

  @Override
  public void run() {
    Format form = format();
    TaskName task = SourceOptions.task(spec.commandLine(), taskName);
    PrintWriter out = spec.commandLine().getOut();
    try (JobState state = OpenJob.state(options, timeline)) {
      OpenJob.requireKnown(state, task, state.tasks(false));
      BlockText text = new BlockText(state, changes);
      Notes notes = Notes.of(spec.commandLine());
      BlockReader blocks = state.journals().read(task);
      for (LocatedBlock next = blocks.next(); next != null; next = blocks.next()) {
        notes.progress("reading the journal of " + task, blocks.share());
        Block block = next.block();
        if (block.number() > toCommit) {
          break;
        }
        if (block.number() >= fromCommit) {
          notes.clear();
          out.print(form == Format.TABLE ? text.paragraph(block) : text.json(block) + "\n");
        }
      }
      notes.clear();
      out.flush();
    }
  }

  private Format format() {
    if (format == Format.CSV || format == Format.PARQUET) {
      throw new ParameterException(spec.commandLine(), "give --format jsonl or table");
    }
    return Format.orDefault(format);
  }
}
