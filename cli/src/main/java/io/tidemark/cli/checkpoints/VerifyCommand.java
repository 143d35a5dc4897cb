package io.tidemark.cli.checkpoints;

import io.tidemark.checkpoint.Location;
import io.tidemark.checkpoint.Verifier;
import io.tidemark.cli.options.JobOptions;
import java.io.PrintWriter;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code tidemark checkpoints verify}. */
@Command(
    name = "verify",
    description = {
      "Reads every byte of checkpoints and says what is not as it was written.",
      "Unless --no-replay is given it then restores the state into a temporary directory, replays the"
          + " journal, and compares digests. The exit status is 1 if anything is wrong."
    })
final class VerifyCommand implements Callable<Integer> {
  @Spec
  @SuppressWarnings("NullAway.Init")
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  private JobOptions options;

  @Parameters(
      paramLabel = "CHECKPOINT",
      arity = "0..*",
      defaultValue = "latest",
      description = "Which. Default: ${DEFAULT-VALUE}.")
  @SuppressWarnings("NullAway.Init")
  private List<String> checkpoints;

  @Option(names = "--all", description = "All checkpoints and savepoints.")
  private boolean all;

  @Option(names = "--no-replay", description = "Do not restore; only look at the files.")
  private boolean withoutReplay;

  @Option(names = "--json", description = "JSON, one object on a line.")
  private boolean json;

  @Override
  public Integer call() {
    boolean sound = true;
    try (OpenCatalog open = new OpenCatalog(options)) {
      Verifier verifier = new Verifier(open.blobs(), open.catalog());
      for (Location location : locations(open)) {
        Verifier.Result result =
            withoutReplay
                ? verifier.verify(location)
                : verifier.verifyByReplay(location, open.scratch());
        show(spec.commandLine().getOut(), result);
        sound &= result.isSound();
      }
    }
    return sound ? ExitCode.OK : ExitCode.SOFTWARE;
  }

  private List<Location> locations(OpenCatalog open) {
    return all
        ? open.catalog().list().stream().map(entry -> entry.location()).toList()
        : checkpoints.stream().map(OpenCatalog::location).toList();
  }

  private void show(PrintWriter out, Verifier.Result result) {
    if (json) {
      out.print(Output.json(object(result)) + "\n");
    } else {
      out.printf(
          "%s is %s: %s read%n",
          result.location(), result.isSound() ? "sound" : "DAMAGED", Output.bytes(result.bytes()));
      for (Verifier.Problem problem : result.problems()) {
        out.printf(
            "  %s%n    expected %s%n    found    %s%n",
            problem.part(), problem.expected(), problem.found());
      }
    }
    out.flush();
  }

  private static Map<String, @Nullable Object> object(Verifier.Result result) {
    Map<String, @Nullable Object> digests = new TreeMap<>();
    result
        .digests()
        .forEach(
            (store, digest) ->
                digests.put(
                    store,
                    Output.object(
                        "entries", digest.entries(), "digest", Description.digest(digest))));
    return Output.object(
        "location", result.location(),
        "sound", result.isSound(),
        "bytes", result.bytes(),
        "problems",
            result.problems().stream()
                .map(
                    problem ->
                        Output.object(
                            "part", problem.part(),
                            "expected", problem.expected(),
                            "found", problem.found()))
                .toList(),
        "digests", digests);
  }
}
