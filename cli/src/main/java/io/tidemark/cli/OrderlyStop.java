package io.tidemark.cli;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Ends a job: first the coordinator is told, and when it has given the order, which may be after a
 * checkpoint, those who run the job. Any thread may call it.
 */
final class OrderlyStop {
  private final JobLead lead;
  private final Runnable ordered;
  private final AtomicBoolean isDone = new AtomicBoolean();
  private volatile boolean isWanted;

  /**
   * @param ordered tells those who run the job; called once; must not wait
   */
  OrderlyStop(JobLead lead, Runnable ordered) {
    this.lead = lead;
    this.ordered = ordered;
  }

  /** Begins to end the job. Returns at once. */
  void request() {
    lead.requestStop();
    isWanted = true;
    step();
  }

  /** Goes on with it. Call it now and then. */
  void step() {
    boolean isDue = isWanted && !isDone.get() && (lead.failure() != null || lead.isStopOrdered());
    if (isDue && isDone.compareAndSet(false, true)) {
      ordered.run();
    }
  }
}
