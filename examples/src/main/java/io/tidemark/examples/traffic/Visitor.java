package io.tidemark.examples.traffic;

/**
 * What the job keeps of one client.
 *
 * @param requests how many requests it made
 * @param bytes how many bytes it was sent
 * @param errors how many of its requests were answered with an error
 * @param sessions how often it came: a session ends with 30 minutes without a request
 * @param firstSeen its earliest request's time, in seconds since 1970-01-01T00:00:00Z
 * @param lastSeen its latest request's time, in seconds since 1970-01-01T00:00:00Z
 */
public record Visitor(
    long requests, long bytes, long errors, long sessions, long firstSeen, long lastSeen) {

  static final long SESSION_GAP_SECONDS = 30 * 60;

  /** The client as its first request shows it. */
  static Visitor arrivingWith(AccessLogLine line) {
    long errors = line.isError() ? 1 : 0;
    return new Visitor(1, line.bytesSent(), errors, 1, line.epochSecond(), line.epochSecond());
  }

  /** The client after one more request; a line that was logged late joins the running session. */
  Visitor requesting(AccessLogLine line) {
    boolean returning = line.epochSecond() - lastSeen > SESSION_GAP_SECONDS;
    return new Visitor(
        requests + 1,
        bytes + line.bytesSent(),
        line.isError() ? errors + 1 : errors,
        returning ? sessions + 1 : sessions,
        Math.min(firstSeen, line.epochSecond()),
        Math.max(lastSeen, line.epochSecond()));
  }
}
