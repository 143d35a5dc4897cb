package io.tidemark.cli.checkpoints;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tidemark savepoint stop-with}. */
@Command(
    name = "stop-with",
    description = {
      "Takes a savepoint of the running job and stops it there.",
      "Nothing behind the savepoint is processed. If it fails, the job goes on."
    })
final class SavepointStopCommand implements Runnable {
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
        spec.commandLine().getOut(), true, (client, wait) -> client.stopWithSavepoint(name, wait));
  }
}
