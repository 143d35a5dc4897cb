package io.tidemark.examples.traffic;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Says what the job {@code website-traffic} must yield: a plain count over the same lines that
 * shares no code with the job but the records in its stores. It reads lines with a regular
 * expression so that a mistake of the job's parser shows.
 *
 * <p>Give it every line, the lines of one partition in their order; partitions may be mixed. Two
 * million lines take some hundred megabytes. Confined to one thread.
 */
public final class TrafficOracle {
  private static final String WORD = "[^ ]+";
  private static final String UP_TO_BRACKET = "(?!\\[)(?:(?! \\[).)++";
  private static final String QUOTED = "[^\"\\\\]*+(?:\\\\.[^\"\\\\]*+)*+";
  private static final Pattern LINE =
      Pattern.compile(
          ("(?<host>" + WORD + ") " + WORD + " " + UP_TO_BRACKET)
              + " \\[(?<time>\\d\\d/[A-Z][a-z]{2}/\\d{4}:\\d\\d:\\d\\d:\\d\\d)"
              + " (?<sign>[+-])(?<hours>[01]\\d|2[0-3])(?<minutes>[0-5]\\d)\\]"
              + (" \"(?<request>" + QUOTED + ")\"")
              + " (?<status>[1-9]\\d\\d|-) (?<bytes>\\d{1,18}|-)"
              + ("(?: \"" + QUOTED + "\"){0,2}+[\\x00-\\x20]*+"),
          Pattern.DOTALL);
  private static final Pattern PATH = Pattern.compile("[^ ]* (?<path>[^ ?]+).*", Pattern.DOTALL);
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("dd/MMM/uuuu:HH:mm:ss", Locale.ENGLISH)
          .withResolverStyle(ResolverStyle.STRICT);
  private static final int HALF_AN_HOUR = 1_800;

  /** What is known of one client so far. */
  private static final class Client {
    private final int partition;
    private long requests;
    private long bytes;
    private long errors;
    private long sessions;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;

    private Client(int partition) {
      this.partition = partition;
    }
  }

  private final Map<String, Client> clients = new HashMap<>();
  private final Map<Integer, Map<String, long[]>> pages = new TreeMap<>();
  private final Map<String, Integer> rejected = new HashMap<>();
  private final ValueSequences visits = new ValueSequences();
  private final ValueSequences sessions = new ValueSequences();
  private long lines;

  /**
   * Counts the next line of a partition.
   *
   * @throws IllegalArgumentException if its host was met in another partition before: then the
   *     input is not keyed by host, and no exact result is defined
   */
  public void accept(int partition, String line) {
    lines++;
    Map<String, long[]> pagesHere = pages.computeIfAbsent(partition, added -> new HashMap<>());
    Matcher matcher = LINE.matcher(line);
    if (!matcher.matches()) {
      rejected.merge(line, 1, Integer::sum);
      return;
    }
    long time;
    try {
      time = time(matcher);
    } catch (DateTimeParseException noSuchDay) {
      rejected.merge(line, 1, Integer::sum);
      return;
    }
    count(partition, matcher, time, pagesHere);
  }

  private void count(int partition, Matcher line, long time, Map<String, long[]> pagesHere) {
    String host = line.group("host");
    int status = number(line.group("status"));
    long bytes = "-".equals(line.group("bytes")) ? 0 : Long.parseLong(line.group("bytes"));
    Matcher target = PATH.matcher(line.group("request"));
    String path = target.matches() ? target.group("path") : "-";

    Client client = clients.computeIfAbsent(host, added -> new Client(partition));
    if (client.partition != partition) {
      throw new IllegalArgumentException(
          "%s was met in partition %d and now in %d: the lines must be keyed by host"
              .formatted(host, client.partition, partition));
    }
    boolean newSession = client.requests == 0 || time > client.last + HALF_AN_HOUR;
    client.requests += 1;
    client.bytes += bytes;
    client.errors += status >= 400 ? 1 : 0;
    client.sessions += newSession ? 1 : 0;
    client.first = Math.min(client.first, time);
    client.last = Math.max(client.last, time);

    long[] page = pagesHere.computeIfAbsent(path, added -> new long[2]);
    page[0] += 1;
    page[1] += bytes;

    String quotedPath = quoted(path);
    if (newSession) {
      sessions.add(
          host,
          "{\"session\":"
              + client.sessions
              + ",\"began\":"
              + time
              + ",\"path\":"
              + quotedPath
              + "}");
    }
    visits.add(
        host,
        "{\"request\":"
            + client.requests
            + ",\"session\":"
            + client.sessions
            + ",\"path\":"
            + quotedPath
            + ",\"status\":"
            + status
            + ",\"bytes\":"
            + bytes
            + "}");
  }

  /** How many lines were given, rejected ones included. */
  public long lines() {
    return lines;
  }

  /** The lines that the job must reject, and how often each came. */
  public Map<String, Integer> rejected() {
    return Map.copyOf(rejected);
  }

  /** The partitions that had lines. */
  public Set<Integer> partitions() {
    return Set.copyOf(pages.keySet());
  }

  /** What the store {@code visitors} of a partition's task must hold. */
  public Map<String, Visitor> visitors(int partition) {
    Map<String, Visitor> expected = new HashMap<>();
    clients.forEach(
        (host, client) -> {
          if (client.partition == partition) {
            expected.put(
                host,
                new Visitor(
                    client.requests,
                    client.bytes,
                    client.errors,
                    client.sessions,
                    client.first,
                    client.last));
          }
        });
    return expected;
  }

  /** What the store {@code pages} of a partition's task must hold. */
  public Map<String, PageCount> pages(int partition) {
    Map<String, PageCount> expected = new HashMap<>();
    pages
        .getOrDefault(partition, Map.of())
        .forEach((path, counts) -> expected.put(path, new PageCount(counts[0], counts[1])));
    return expected;
  }

  /** The messages that the stream {@code visits} must hold. */
  ValueSequences visits() {
    return visits;
  }

  /** The messages that the stream {@code sessions} must hold. */
  ValueSequences sessions() {
    return sessions;
  }

  private static long time(Matcher line) {
    long local = LocalDateTime.parse(line.group("time"), TIME).toEpochSecond(ZoneOffset.UTC);
    long ahead = number(line.group("hours")) * 3_600L + number(line.group("minutes")) * 60L;
    return line.group("sign").equals("+") ? local - ahead : local + ahead;
  }

  private static int number(String digitsOrDash) {
    return digitsOrDash.equals("-") ? 0 : Integer.parseInt(digitsOrDash);
  }

  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char character : text.replace("\\", "\\\\").replace("\"", "\\\"").toCharArray()) {
      quoted.append(character < 32 ? String.format("\\u%04x", (int) character) : character);
    }
    return quoted.append('"').toString();
  }
}
