package io.tidemark.cli.state;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code tidemark state}: the list of its commands. */
@Command(
    name = "state",
    description = {
      "Shows what the stores of a job hold, as committed, whether it runs or not.",
      "Keys are given as JSON, strings also without quotes; or {\"$bytes\":\"HEX\"}."
    },
    subcommands = {
      GetCommand.class,
      RangeCommand.class,
      PrefixCommand.class,
      CountCommand.class,
      ExportCommand.class,
      StatCommand.class,
      HistoryCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class StateCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "A command is missing");
  }
}
