package io.tidemark.cli;

import io.tidemark.cli.checkpoints.CheckpointsCommand;
import io.tidemark.cli.checkpoints.SavepointCommand;
import io.tidemark.cli.state.JournalCommand;
import io.tidemark.cli.state.StateCommand;
import java.util.Objects;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code tidemark} itself: it has options that all commands share, and the list of them. */
@Command(
    name = "tidemark",
    description = "Runs stateful stream-processing jobs.",
    subcommands = {
      DemoCommand.class,
      RunCommand.class,
      ConfigCommand.class,
      StateCommand.class,
      JournalCommand.class,
      CheckpointsCommand.class,
      SavepointCommand.class,
      CoordinatorCommand.class,
      ContainerCommand.class,
      SupervisedCommand.class,
      WarmUpCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    footer = {
      "tidemark archive archives what processes of a job load, so that they start sooner.",
      "In a clone of the sources, tidemark bench measures it beside others."
    },
    mixinStandardHelpOptions = true,
    versionProvider = TidemarkCommand.Version.class,
    scope = ScopeType.INHERIT)
final class TidemarkCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Option(
      names = {"-v", "--verbose"},
      scope = ScopeType.INHERIT,
      description = "Log more, and show stack traces with errors.")
  boolean verbose;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "A command is missing");
  }

  /** Tells the version that the build wrote into the jar. */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = TidemarkCommand.class.getPackage().getImplementationVersion();
      return new String[] {"tidemark " + Objects.requireNonNullElse(version, "(not packaged)")};
    }
  }
}
