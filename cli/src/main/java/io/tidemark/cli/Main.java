package io.tidemark.cli;

import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import picocli.CommandLine;

/**
 * Where the {@code tidemark} command begins. It ends with 0 if all went well, 1 if something is
 * wrong with what it was told to do, 2 if it was not told so that it understands.
 */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    int exitCode = run(writer(System.out), writer(System.err), arguments);
    System.out.flush();
    System.err.flush();
    System.exit(exitCode);
  }

  /** Runs one command line and tells its exit code. */
  static int run(PrintWriter out, PrintWriter err, String... arguments) {
    TidemarkCommand tidemark = new TidemarkCommand();
    return new CommandLine(tidemark)
        .setOut(out)
        .setErr(err)
        .setUsageHelpAutoWidth(true)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setParameterExceptionHandler(Errors::usage)
        .setExecutionExceptionHandler(
            (e, command, parsed) -> Errors.failure(e, command, tidemark.verbose))
        .setExecutionStrategy(
            parsed -> {
              if (tidemark.verbose) {
                Logging.makeVerbose();
              }
              return new CommandLine.RunLast().execute(parsed);
            })
        .execute(arguments);
  }

  private static PrintWriter writer(PrintStream stream) {
    String name = System.getProperty(stream == System.out ? "stdout.encoding" : "stderr.encoding");
    Charset charset = name == null ? Charset.defaultCharset() : Charset.forName(name);
    return new PrintWriter(new OutputStreamWriter(stream, charset), true);
  }
}
