package io.tidemark.benchmarks.bench;

/** A contender's output is not what it should be: its run does not count. */
final class InexactException extends RuntimeException {
  private static final long serialVersionUID = 1;

  InexactException(String message) {
    super(message);
  }
}
