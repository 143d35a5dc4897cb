package io.tidemark.cli.checkpoints;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tidemark checkpoints}: the list of its commands. */
@Command(
    name = "checkpoints",
    description = {
      "Shows, verifies, compares, takes and deletes the checkpoints of a job.",
      "A checkpoint is named checkpoint:N or N, savepoint:NAME, or latest."
    },
    subcommands = {
      ListCommand.class,
      ShowCommand.class,
      VerifyCommand.class,
      DiffCommand.class,
      TriggerCommand.class,
      DeleteCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class CheckpointsCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "A command is missing");
  }
}
