package io.tidemark.cli.checkpoints;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tidemark savepoint}: the list of its commands. */
@Command(
    name = "savepoint",
    description = {"Takes, lists, imports and deletes the savepoints of a job."},
    subcommands = {
      SavepointCreateCommand.class,
      SavepointStopCommand.class,
      SavepointListCommand.class,
      SavepointImportCommand.class,
      SavepointDeleteCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class SavepointCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "A command is missing");
  }
}
