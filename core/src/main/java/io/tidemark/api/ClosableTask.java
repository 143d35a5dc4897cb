package io.tidemark.api;

/** A task that wants to be told when it ends. */
@FunctionalInterface
public interface ClosableTask {

  /** Called once, after the last commit. Not called when the process is killed. */
  void close() throws Exception;
}
