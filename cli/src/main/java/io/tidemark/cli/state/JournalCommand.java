package io.tidemark.cli.state;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tidemark journal}: the list of its commands. */
@Command(
    name = "journal",
    description = "Looks into the journal of a job.",
    subcommands = JournalShowCommand.class,
    synopsisSubcommandLabel = "COMMAND")
public final class JournalCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "A command is missing");
  }
}
