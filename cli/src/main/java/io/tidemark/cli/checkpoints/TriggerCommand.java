package io.tidemark.cli.checkpoints;

import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code tidemark checkpoints trigger}. */
@Command(name = "trigger", description = "Asks the running job for a checkpoint.")
final class TriggerCommand implements Runnable {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private TakeOptions take;

  @Option(names = "--no-wait", description = "Do not wait for it.")
  private boolean noWait;

  @Override
  public void run() {
    take.run(
        spec.commandLine().getOut(), !noWait, (client, wait) -> client.triggerCheckpoint(wait));
  }
}
