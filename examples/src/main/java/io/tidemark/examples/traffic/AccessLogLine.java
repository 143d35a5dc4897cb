package io.tidemark.examples.traffic;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/**
 * One request in a web server's access log, in Apache's combined format or its shorter form, the
 * common format:
 *
 * <pre>
 * host identity user [17/May/2015:10:05:03 +0000] "request" status bytes "referer" "user agent"
 * </pre>
 *
 * <p>Texts between quotes are kept as the log has them, with their backslash escapes, so that
 * {@link #format} gives back the line that {@link #parse} was given.
 *
 * @param host the client's address or name
 * @param identity what identd said about the client; nearly always {@code -}
 * @param user the authenticated user, which may contain spaces; {@code -} for none
 * @param epochSecond when the request came, in seconds since 1970-01-01T00:00:00Z
 * @param offsetMinutes the distance of the log's local time from UTC
 * @param request the request line, normally {@code METHOD target PROTOCOL}, but clients send
 *     anything
 * @param status the response's status; 0 where the log has {@code -}, when there was no response
 * @param bytes the size of the response's body; {@link #NO_BYTES} where the log has {@code -}
 * @param referer the page that led here, {@code -} for none; null when the line ends before it
 * @param userAgent what the client says it is; null when the line ends before it
 */
public record AccessLogLine(
    String host,
    String identity,
    String user,
    long epochSecond,
    int offsetMinutes,
    String request,
    int status,
    long bytes,
    @Nullable String referer,
    @Nullable String userAgent) {

  /** Stands for {@code -} in the place of the bytes, which means none: a log tells it from 0. */
  public static final long NO_BYTES = -1;

  static final String[] MONTHS = {
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"
  };

  /**
   * Reads a line in combined or common format. Blanks at its end are ignored, a carriage return
   * among them.
   *
   * @throws MalformedLogLineException when the line is in neither format
   */
  public static AccessLogLine parse(String line) {
    return new AccessLogParser(line).parse();
  }

  /**
   * Returns the first word of a line, which is the client's host if the line is well formed. It
   * keys the line in the job's input, so that all lines of a client are in one partition; a
   * malformed line has such a key, too.
   */
  public static String keyOf(String line) {
    int space = line.indexOf(' ');
    return space < 0 ? line : line.substring(0, space);
  }

  /**
   * Returns the page asked for: the request's second word up to its query, or {@code -} if there is
   * none.
   */
  public String path() {
    int start = request.indexOf(' ') + 1;
    if (start == 0) {
      return "-";
    }
    int end = start;
    while (end < request.length() && request.charAt(end) != ' ' && request.charAt(end) != '?') {
      end++;
    }
    return end == start ? "-" : request.substring(start, end);
  }

  /** Returns whether the response tells of an error, the client's (4xx) or the server's (5xx). */
  public boolean isError() {
    return status >= 400;
  }

  /** Returns how many bytes of body were sent. */
  public long bytesSent() {
    return bytes == NO_BYTES ? 0 : bytes;
  }

  /** Writes the line as the log has it, without a line end. */
  public String format() {
    StringBuilder out = new StringBuilder(256);
    out.append(host).append(' ').append(identity).append(' ').append(user).append(" [");
    appendTime(out);
    out.append("] \"").append(request).append("\" ");
    appendOrDash(out, status, 0).append(' ');
    appendOrDash(out, bytes, NO_BYTES);
    if (referer != null) {
      out.append(" \"").append(referer).append('"');
    }
    if (userAgent != null) {
      out.append(" \"").append(userAgent).append('"');
    }
    return out.toString();
  }

  private void appendTime(StringBuilder out) {
    LocalDateTime time =
        LocalDateTime.ofEpochSecond(epochSecond + offsetMinutes * 60L, 0, ZoneOffset.UTC);
    appendTwoDigits(out, time.getDayOfMonth()).append('/');
    out.append(MONTHS[time.getMonthValue() - 1]).append('/');
    appendTwoDigits(out, time.getYear() / 100);
    appendTwoDigits(out, time.getYear() % 100).append(':');
    appendTwoDigits(out, time.getHour()).append(':');
    appendTwoDigits(out, time.getMinute()).append(':');
    appendTwoDigits(out, time.getSecond()).append(offsetMinutes < 0 ? " -" : " +");
    appendTwoDigits(out, Math.abs(offsetMinutes) / 60);
    appendTwoDigits(out, Math.abs(offsetMinutes) % 60);
  }

  private static StringBuilder appendTwoDigits(StringBuilder out, int number) {
    return out.append((char) ('0' + number / 10)).append((char) ('0' + number % 10));
  }

  private static StringBuilder appendOrDash(StringBuilder out, long number, long dash) {
    return number == dash ? out.append('-') : out.append(number);
  }
}
