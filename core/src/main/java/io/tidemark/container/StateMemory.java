package io.tidemark.container;

/**
 * How the memory that a container's stores may use is divided.
 *
 * @param cacheBytes for cached entries of all workers, on the heap
 * @param heldBytes for committed changes that engines have not applied yet, on the heap
 * @param engineBytes for all engines, outside of the heap
 */
record StateMemory(long cacheBytes, long heldBytes, long engineBytes) {

  /**
   * Half for objects and changes, as far as they take no more than a third of the heap, and the
   * rest for engines.
   */
  static StateMemory of(long total, long heap) {
    long objects = Math.min(total / 2, heap / 3);
    long held = objects / 8;
    return new StateMemory(objects - held, held, total - objects);
  }
}
