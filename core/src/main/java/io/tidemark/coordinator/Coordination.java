package io.tidemark.coordinator;

/**
 * A container's way to its coordinator.
 *
 * <p>Both sides say how things are and how they should be, never what changed: so a message that is
 * lost, repeated or late does no harm, and the next one puts everything right.
 */
public interface Coordination extends AutoCloseable {

  /**
   * Tells how a container is, and asks what it should do.
   *
   * @throws io.tidemark.api.TidemarkException (TM-8301) if the coordinator cannot be reached now;
   *     the caller tries again until its lease has ended, as after every other code but the next.
   *     (TM-8302) if the coordinator refuses this container for good
   */
  Orders exchange(ContainerStatus status);

  @Override
  void close();
}
