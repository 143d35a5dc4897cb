package io.tidemark.cli.state;

/** Where state is read from, as the user chooses. */
enum From {
  /** A running container if one answers, else what is local and free, else the journal. */
  AUTO,
  /** The containers of the running job. */
  RUNNING,
  /** The local directories of the stopped job, and what the journal has beyond them. */
  LOCAL,
  /** The journal, and a checkpoint for what that does not have any more. */
  JOURNAL,
  /** A checkpoint or savepoint alone, as of its cut. */
  CHECKPOINT
}
