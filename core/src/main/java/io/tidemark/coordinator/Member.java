package io.tidemark.coordinator;

import io.tidemark.coordinator.CoordinatorView.ContainerView;

/** A container that has a number. Called under the coordinator's lock. */
final class Member {
  private final JobRecord.Registered registered;
  private final long epochBegin;
  private final boolean isNew;
  private ContainerStatus status;
  private long heardMs;
  private boolean confirmed;
  private boolean heard;

  /**
   * A container.
   *
   * @param epochBegin the first sequence of this coordinator's orders
   * @param isNew whether this coordinator gave it its number; else it is confirmed only when it
   *     follows this coordinator's orders, as those of the former one could still come
   */
  Member(JobRecord.Registered registered, long epochBegin, boolean isNew, long nowMs) {
    this.registered = registered;
    this.epochBegin = epochBegin;
    this.isNew = isNew;
    this.confirmed = isNew;
    this.heardMs = nowMs;
    this.status =
        new ContainerStatus(
            "",
            registered.session(),
            -1,
            0,
            registered.number(),
            registered.host(),
            registered.address(),
            registered.workers(),
            java.util.Map.of(),
            java.util.Set.of(),
            java.util.List.of(),
            null,
            0,
            false);
  }

  /** Takes in how it is; whether that is news. */
  boolean hear(ContainerStatus told, long nowMs) {
    if (told.sequence() <= status.sequence()) {
      return false;
    }
    status = told;
    heardMs = nowMs;
    heard = true;
    confirmed |= told.followed() >= epochBegin;
    return true;
  }

  JobRecord.Registered registered() {
    return registered;
  }

  int number() {
    return registered.number();
  }

  String session() {
    return registered.session();
  }

  int workers() {
    return Math.max(1, registered.workers());
  }

  ContainerStatus status() {
    return status;
  }

  long heardMs() {
    return heardMs;
  }

  /** Whether it got its number from this coordinator, not from a former one. */
  boolean isNew() {
    return isNew;
  }

  /** Whether it was heard of by this coordinator. */
  boolean isHeard() {
    return heard;
  }

  boolean isConfirmed() {
    return confirmed;
  }

  boolean isLeaving() {
    return status.leaving();
  }

  ContainerView view(long nowMs) {
    return new ContainerView(
        number(),
        session(),
        registered.host(),
        status.address(),
        workers(),
        nowMs - heardMs,
        isLeaving());
  }

  @Override
  public String toString() {
    return "container " + number();
  }
}
