package io.tidemark.api;

/** Says that a record of an {@link AsyncStreamTask} is done. Any thread may call it, once. */
public interface TaskCallback {

  /** The record was handled. */
  void complete();

  /**
   * The record could not be handled; the input's policy says what follows, and nothing sent for it
   * goes out.
   */
  void failure(Throwable cause);
}
