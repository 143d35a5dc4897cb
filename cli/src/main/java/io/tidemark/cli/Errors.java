package io.tidemark.cli;

import io.tidemark.api.TidemarkException;
import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Says on the error stream, in one paragraph, what went wrong. */
final class Errors {
  private Errors() {}

  /** A command line that cannot be understood. */
  static int usage(ParameterException e, String[] arguments) {
    CommandLine command = e.getCommandLine();
    PrintWriter err = command.getErr();
    err.println("tidemark: " + e.getMessage());
    UnmatchedArgumentException.printSuggestions(e, err);
    err.println("See: " + command.getCommandSpec().qualifiedName() + " --help");
    return ExitCode.USAGE;
  }

  /** A command that failed. */
  static int failure(Exception e, CommandLine command, boolean verbose) {
    PrintWriter err = command.getErr();
    err.println("tidemark: " + (e instanceof TidemarkException ? e.getMessage() : unexpected(e)));
    if (verbose) {
      e.printStackTrace(err);
    }
    err.flush();
    return ExitCode.SOFTWARE;
  }

  private static String unexpected(Exception e) {
    return "unexpected error: " + e + " (--verbose shows where it comes from)";
  }
}
