package io.tidemark.state;

/**
 * Which commit an engine's contents equal.
 *
 * @param number the commit's number; 0 before the first
 * @param position where the journal goes on after that commit's block
 */
public record EngineCommit(long number, long position) {
  /** Before the first commit. */
  public static final EngineCommit NONE = new EngineCommit(0, 0);
}
