package io.tidemark.state;

/**
 * Which commit an engine's contents equal.
 *
 * @param number the commit's number; 0 before the first
 * @param position where that commit's block begins in the task's journal; a replay starts with it,
 *     since it also says how far the inputs were read
 */
public record EngineCommit(long number, long position) {
  /** Before the first commit. */
  public static final EngineCommit NONE = new EngineCommit(0, 0);
}
