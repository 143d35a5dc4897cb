package io.tidemark.coordinator;

import io.tidemark.api.TidemarkException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The job's containers: their numbers and leases. Called under the coordinator's lock.
 *
 * <p>Invariant: a container is in the ledger before it hears its number, and until its lease is
 * over; so no number is given out twice, not even by the next coordinator.
 */
final class Members {
  private static final Logger LOG = LoggerFactory.getLogger(Members.class);
  private static final int MOST_ENDED = 1000;

  private final JobLedger ledger;
  private final long leaseMs;
  private final long epochBegin;
  private final TreeMap<Integer, Member> byNumber = new TreeMap<>();
  private final Map<String, Long> waitingSince = new HashMap<>();
  private final LinkedHashSet<String> ended = new LinkedHashSet<>();

  Members(JobLedger ledger, long leaseMs, long epochBegin, long nowMs) {
    this.ledger = ledger;
    this.leaseMs = leaseMs;
    this.epochBegin = epochBegin;
    for (JobRecord.Registered known : ledger.record().containers()) {
      byNumber.put(known.number(), new Member(known, epochBegin, false, nowMs));
    }
  }

  /**
   * The container that tells how it is; null if it has to wait for its number, or has left.
   *
   * @throws TidemarkException (TM-8302) if it is refused
   */
  @Nullable Member admit(ContainerStatus status, long nowMs) {
    for (Member member : byNumber.values()) {
      if (member.session().equals(status.session())) {
        return member;
      }
      if (member.session().equals(JobBeginning.OF_FORMER_TIMELINE + status.session())) {
        throw refused(status, "the job was begun anew since; start it again");
      }
    }
    if (status.leaving() && status.tasks().values().stream().allMatch(task -> task.isOver())) {
      return null;
    }
    if (ended.contains(status.session()) || status.followed() > 0 || !status.tasks().isEmpty()) {
      throw refused(
          status, "its lease has ended, and what it ran may run elsewhere; start it again");
    }
    Member holder = byNumber.get(status.number());
    if (holder != null) {
      long since = waitingSince.computeIfAbsent(status.session(), any -> nowMs);
      if (holder.heardMs() - since > leaseMs) {
        throw refused(
            status,
            "another container has the number "
                + status.number()
                + " and is alive, on "
                + holder.registered().host()
                + "; stop one of them, or give it another number");
      }
      return null;
    }
    return register(status, nowMs);
  }

  private Member register(ContainerStatus status, long nowMs) {
    int number = status.number() >= 0 ? status.number() : lowestFree();
    JobRecord.Registered registered =
        new JobRecord.Registered(
            number, status.session(), status.host(), status.address(), status.workers());
    Member member = new Member(registered, epochBegin, true, nowMs);
    List<JobRecord.Registered> all = registered();
    all.add(registered);
    ledger.write(ledger.record().withContainers(all), nowMs);
    byNumber.put(number, member);
    waitingSince.remove(status.session());
    LOG.info("Container {} has come, from {}", number, status.host());
    return member;
  }

  private int lowestFree() {
    int number = 0;
    while (byNumber.containsKey(number)) {
      number++;
    }
    return number;
  }

  private List<JobRecord.Registered> registered() {
    List<JobRecord.Registered> all = new ArrayList<>();
    byNumber.values().forEach(member -> all.add(member.registered()));
    return all;
  }

  /** The containers whose lease is over. */
  List<Member> overdue(long nowMs) {
    waitingSince.values().removeIf(since -> nowMs - since > 10 * leaseMs);
    return byNumber.values().stream().filter(m -> nowMs - m.heardMs() > leaseMs).toList();
  }

  /** Takes in that a container runs nothing any more and never will. */
  void end(Member member, long nowMs) {
    List<JobRecord.Registered> others = registered();
    others.remove(member.registered());
    ledger.write(ledger.record().withContainers(others), nowMs);
    byNumber.remove(member.number());
    ended.add(member.session());
    if (ended.size() > MOST_ENDED) {
      ended.remove(ended.iterator().next());
    }
  }

  @Nullable Member numbered(int number) {
    return byNumber.get(number);
  }

  Collection<Member> all() {
    return byNumber.values();
  }

  /** Whether all that the former coordinator knew are known to follow this one, or are gone. */
  boolean areConfirmed() {
    return byNumber.values().stream().allMatch(Member::isConfirmed);
  }

  static TidemarkException refused(ContainerStatus status, String why) {
    return new TidemarkException(
        "TM-8302",
        "the coordinator refuses the container of session "
            + status.session()
            + " on "
            + status.host()
            + ": "
            + why);
  }
}
