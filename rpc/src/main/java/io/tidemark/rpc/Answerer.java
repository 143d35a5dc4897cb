package io.tidemark.rpc;

/** Who answers other processes: where that is configured, and where it is said. */
enum Answerer {
  CONTAINERS("container.rpc", "containers"),
  COORDINATOR("job.coordinator", "coordinator");

  private final String keys;
  private final String folder;

  Answerer(String keys, String folder) {
    this.keys = keys;
    this.folder = folder;
  }

  /** What the keys of its configuration begin with. */
  String keys() {
    return keys;
  }

  /** The folder of the job's state directory that has its token and its addresses. */
  String folder() {
    return folder;
  }
}
