package io.tidemark.examples.traffic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Compares what the job {@code website-traffic} yielded with what the {@link TrafficOracle} says it
 * must yield, by equality: outputs key by key in their order, rejected lines, and stores. Give it
 * everything, in any order but that of one key's messages, then {@link #conclude}. Confined to one
 * thread.
 */
public final class TrafficVerdict {
  /** Enough to see what went wrong; all are counted. */
  private static final int EXPLAINED = 20;

  /**
   * How the comparison ended.
   *
   * @param compared how many messages, rejected lines and store entries were compared
   * @param differences how many differences were found
   * @param explanations the first of them, a sentence each
   */
  public record Conclusion(long compared, long differences, List<String> explanations) {

    /** Whether everything is as it must be. */
    public boolean isExact() {
      return differences == 0;
    }

    /** The conclusion for people, one difference a line. */
    @Override
    public String toString() {
      if (isExact()) {
        return "exact: %,d messages and entries are equal".formatted(compared);
      }
      String found = String.join("\n  ", explanations);
      return "%,d differences in %,d messages and entries, the first of them:\n  %s"
          .formatted(differences, compared, found);
    }
  }

  private final TrafficOracle oracle;
  private final OutputComparison visits;
  private final OutputComparison sessions;
  private final Map<String, Integer> rejected = new HashMap<>();
  private final Set<Integer> visitorStores = new TreeSet<>();
  private final Set<Integer> pageStores = new TreeSet<>();
  private final List<String> explanations = new ArrayList<>();
  private long compared;
  private long differences;

  /** A comparison with an oracle that was given all lines. */
  public TrafficVerdict(TrafficOracle oracle) {
    this.oracle = oracle;
    this.visits = new OutputComparison("visits", oracle.visits(), this::differs);
    this.sessions = new OutputComparison("sessions", oracle.sessions(), this::differs);
  }

  /** Takes the next message of the output {@code visits}. */
  public void visit(String host, String message) {
    compared++;
    visits.accept(host, message);
  }

  /** Takes the next message of the output {@code sessions}. */
  public void session(String host, String message) {
    compared++;
    sessions.accept(host, message);
  }

  /** Takes a line of the dead-letter stream. */
  public void rejected(String line) {
    rejected.merge(line, 1, Integer::sum);
  }

  /** Takes all of the store {@code visitors} of a partition's task. */
  public void visitors(int partition, Map<String, Visitor> actual) {
    visitorStores.add(partition);
    compareEntries("store visitors of partition " + partition, oracle.visitors(partition), actual);
  }

  /** Takes all of the store {@code pages} of a partition's task. */
  public void pages(int partition, Map<String, PageCount> actual) {
    pageStores.add(partition);
    compareEntries("store pages of partition " + partition, oracle.pages(partition), actual);
  }

  /** Looks for what is missing, and concludes. Call it once, when everything was given. */
  public Conclusion conclude() {
    visits.finish();
    sessions.finish();
    compareEntries("rejected lines", oracle.rejected(), rejected);
    for (int partition : oracle.partitions()) {
      if (!visitorStores.contains(partition)) {
        differs("store visitors of partition " + partition + " is missing");
      }
      if (!pageStores.contains(partition)) {
        differs("store pages of partition " + partition + " is missing");
      }
    }
    return new Conclusion(compared, differences, List.copyOf(explanations));
  }

  private <V> void compareEntries(String where, Map<String, V> expected, Map<String, V> actual) {
    compared += actual.size();
    Set<String> keys = new TreeSet<>(expected.keySet());
    keys.addAll(actual.keySet());
    for (String key : keys) {
      V should = expected.get(key);
      V is = actual.get(key);
      if (is == null) {
        differs("%s: '%s' is missing, expected %s".formatted(where, key, should));
      } else if (!is.equals(should)) {
        String wanted = should == null ? "nothing" : should.toString();
        differs("%s: '%s' is %s, expected %s".formatted(where, key, is, wanted));
      }
    }
  }

  private void differs(String explanation) {
    differences++;
    if (explanations.size() < EXPLAINED) {
      explanations.add(explanation);
    }
  }
}
