package io.tidemark.cli.checkpoints;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tidemark savepoint create}. */
@Command(name = "create", description = "Takes a savepoint of the running job.")
final class SavepointCreateCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private TakeOptions take;

  @Parameters(paramLabel = "NAME", description = "What to call it.")
  @SuppressWarnings("NullAway.Init")
  private String name;

  @Override
  public void run() {
    take.run(
        spec.commandLine().getOut(), true, (client, wait) -> client.createSavepoint(name, wait));
  }
}
