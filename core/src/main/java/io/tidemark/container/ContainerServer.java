package io.tidemark.container;

/**
 * Answers other processes about a running container. Found by {@link java.util.ServiceLoader}, one
 * object per container; with none on the class path a container answers nobody.
 */
public interface ContainerServer extends AutoCloseable {

  /**
   * Begins to answer, if the configuration wants it to ({@code container.rpc.address}). Called
   * once, before the container's tasks are open.
   *
   * @throws io.tidemark.api.TidemarkException if it cannot; the container then does not start
   */
  void start(ServedContainer container);

  /** Ends. Called after the container's tasks are closed, or if {@link #start} failed. */
  @Override
  void close();
}
