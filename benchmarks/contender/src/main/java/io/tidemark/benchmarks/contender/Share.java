package io.tidemark.benchmarks.contender;

/**
 * Which of the processes that share the work of one application this is. Each of them is told the
 * same otherwise, and has its own part of the input's partitions.
 *
 * @param container the number of the process, from 0
 * @param containers how many there are
 */
public record Share(int container, int containers) {
  /** That of the only process. */
  public static final Share WHOLE = new Share(0, 1);

  public Share {
    if (container < 0 || container >= containers) {
      throw new IllegalArgumentException("no share " + container + " of " + containers);
    }
  }

  /** Whether there is no other process. */
  public boolean isWhole() {
    return containers == 1;
  }
}
