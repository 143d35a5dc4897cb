package io.tidemark.api;

/** A task that wants to be told its context before the first record. */
@FunctionalInterface
public interface InitableTask {

  /** Called once, after the task's state was restored and before its first record. */
  void init(Context context) throws Exception;
}
