package io.tidemark.container;

/** In the heap. */
class RescaleTest extends RescaleContract {
  @Override
  protected String engine() {
    return "memory";
  }
}
