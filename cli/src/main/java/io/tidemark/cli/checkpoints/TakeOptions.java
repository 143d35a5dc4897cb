package io.tidemark.cli.checkpoints;

import io.tidemark.api.TidemarkException;
import io.tidemark.cli.options.JobOptions;
import io.tidemark.config.JobSettings;
import io.tidemark.coordinator.CheckpointRecord;
import io.tidemark.rpc.CoordinatorClient;
import java.io.PrintWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What commands that ask a running job for a checkpoint have in common. */
final class TakeOptions {
  @Mixin
  @SuppressWarnings("NullAway.Init")
  private JobOptions options;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      defaultValue = "600",
      description = "How long to wait for it. Default: ${DEFAULT-VALUE}.")
  private int timeoutSeconds;

  @Option(names = "--json", description = "JSON, one object.")
  private boolean json;

  /** A call of a coordinator. */
  @FunctionalInterface
  interface Call {
    @Nullable CheckpointRecord take(CoordinatorClient client, Duration wait);
  }

  /**
   * Asks for a checkpoint and shows what became of it.
   *
   * @param waits whether it is waited for
   * @throws TidemarkException (TM-8403) if it is not complete in time
   */
  void run(PrintWriter out, boolean waits, Call call) {
    JobSettings settings = JobSettings.parse(options.load());
    Duration wait = waits ? Duration.ofSeconds(timeoutSeconds) : Duration.ZERO;
    CheckpointRecord taken;
    try (CoordinatorClient client = CoordinatorClient.of(settings)) {
      taken = call.take(client, wait);
    }
    if (taken != null) {
      out.print((json ? Output.json(Description.summary(taken)) : line(taken)) + "\n");
    } else if (waits) {
      throw new TidemarkException(
          "TM-8403",
          "the checkpoint was not complete within "
              + timeoutSeconds
              + " s, and goes on; `tidemark checkpoints list` shows what becomes of it");
    } else {
      out.print((json ? Output.json(Output.object("status", "requested")) : "Requested") + "\n");
    }
    out.flush();
  }

  private static String line(CheckpointRecord taken) {
    return String.format(
        "Completed %s (number %d): %s in all, %s uploaded, in %d ms",
        Description.location(taken),
        taken.number(),
        Output.bytes(taken.bytesTotal()),
        Output.bytes(taken.bytesUploaded()),
        taken.endedMs() - taken.startedMs());
  }
}
