package io.tidemark.container;

/** Of stores in the heap. */
class JobStateTest extends JobStateContract {
  @Override
  protected String engine() {
    return "memory";
  }

  @Override
  protected boolean keepsFiles() {
    return false;
  }
}
