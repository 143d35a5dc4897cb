package io.tidemark.examples.traffic;

import java.time.DateTimeException;
import java.time.LocalDate;
import org.jspecify.annotations.Nullable;

/**
 * Reads one access log line from left to right, without regular expressions and without looking at
 * a character twice (but for the backslashes before a quote). One parser is for one line.
 */
final class AccessLogParser {
  /** More digits than this might not fit a long. */
  private static final int LONGEST_NUMBER = 18;

  private final String line;
  private final int end;
  private int position;

  AccessLogParser(String line) {
    this.line = line;
    int last = line.length();
    while (last > 0 && line.charAt(last - 1) <= ' ') {
      last--;
    }
    this.end = last;
  }

  AccessLogLine parse() {
    String host = word("the client's host");
    String identity = word("the client's identity");
    String user = user();
    long localSecond = localSecond();
    expect(' ', "a space between time and zone");
    int offsetMinutes = offsetMinutes();
    expect(']', "']' after the time");
    expect(' ', "a space after the time");
    String request = quoted("the request");
    expect(' ', "a space after the request");
    int status = status();
    expect(' ', "a space after the status");
    long bytes = bytes();
    String referer = quotedUnlessEnded("the referer");
    String userAgent = quotedUnlessEnded("the user agent");
    if (position < end) {
      throw malformed("the line should have ended");
    }
    long epochSecond = localSecond - offsetMinutes * 60L;
    return new AccessLogLine(
        host,
        identity,
        user,
        epochSecond,
        offsetMinutes,
        request,
        status,
        bytes,
        referer,
        userAgent);
  }

  /** Reads up to the next space, and over it. */
  private String word(String what) {
    int space = line.indexOf(' ', position);
    if (position >= end || space == position) {
      throw malformed(what + " is missing");
    }
    if (space < 0 || space >= end) {
      throw malformed("nothing follows " + what);
    }
    String word = text(position, space);
    position = space + 1;
    return word;
  }

  /** Reads the user, which may contain spaces, up to the bracket before the time, and over it. */
  private String user() {
    int bracket = line.indexOf(" [", position);
    if (bracket < 0 || bracket >= end) {
      throw malformed("a user and then a time in brackets should follow");
    }
    if (line.charAt(position) == '[' || bracket == position) {
      throw malformed("the user is missing");
    }
    String user = text(position, bracket);
    position = bracket + 2;
    return user;
  }

  /** Reads {@code 17/May/2015:10:05:03} as if it were UTC. */
  private long localSecond() {
    int start = position;
    int day = digits(2, "the day");
    expect('/', "'/' after the day");
    int month = month();
    expect('/', "'/' after the month");
    int year = digits(4, "the year");
    expect(':', "':' after the date");
    int hour = digitsBelow(24, "the hour");
    expect(':', "':' after the hour");
    int minute = digitsBelow(60, "the minute");
    expect(':', "':' after the minute");
    int second = digitsBelow(60, "the second");
    try {
      return LocalDate.of(year, month, day).toEpochDay() * 86_400
          + hour * 3_600
          + minute * 60
          + second;
    } catch (DateTimeException impossible) {
      throw new MalformedLogLineException(
          "there is no such day: " + impossible.getMessage(), start + 1);
    }
  }

  private int month() {
    for (int month = 0; month < AccessLogLine.MONTHS.length; month++) {
      if (position + 3 <= end && line.startsWith(AccessLogLine.MONTHS[month], position)) {
        position += 3;
        return month + 1;
      }
    }
    throw malformed("the month should be one of Jan, Feb ... Dec");
  }

  private int offsetMinutes() {
    char sign = position < end ? line.charAt(position) : 0;
    if (sign != '+' && sign != '-') {
      throw malformed("the zone should be '+' or '-' and four digits");
    }
    position++;
    int minutes = digitsBelow(24, "the zone's hours") * 60;
    minutes += digitsBelow(60, "the zone's minutes");
    return sign == '-' ? -minutes : minutes;
  }

  private @Nullable String quotedUnlessEnded(String what) {
    if (position == end) {
      return null;
    }
    expect(' ', "a space before the next text");
    return quoted(what);
  }

  /**
   * Reads a text in quotes, in which a backslash escapes the next character, and keeps the escapes.
   */
  private String quoted(String what) {
    int opening = position;
    if (opening >= end || line.charAt(opening) != '"') {
      throw malformed("there should be a quote before " + what);
    }
    int closing = line.indexOf('"', opening + 1);
    while (closing >= 0 && isEscaped(closing, opening)) {
      closing = line.indexOf('"', closing + 1);
    }
    if (closing < 0) {
      throw malformed("the quote that begins " + what + " is never closed");
    }
    position = closing + 1;
    return text(opening + 1, closing);
  }

  private boolean isEscaped(int quote, int opening) {
    int before = quote - 1;
    while (before > opening && line.charAt(before) == '\\') {
      before--;
    }
    return (quote - 1 - before) % 2 == 1;
  }

  private int status() {
    if (skipDash()) {
      return 0;
    }
    int start = position;
    int status = digits(3, "the status");
    if (status < 100) {
      throw new MalformedLogLineException("the status should not begin with 0", start + 1);
    }
    return status;
  }

  private long bytes() {
    if (skipDash()) {
      return AccessLogLine.NO_BYTES;
    }
    int start = position;
    long bytes = 0;
    while (position < end && isDigit(line.charAt(position))) {
      if (position - start == LONGEST_NUMBER) {
        throw malformed("the number of bytes is too long");
      }
      bytes = bytes * 10 + (line.charAt(position) - '0');
      position++;
    }
    if (position == start) {
      throw malformed("the number of bytes should be digits or '-'");
    }
    return bytes;
  }

  private boolean skipDash() {
    boolean dash = position < end && line.charAt(position) == '-';
    if (dash) {
      position++;
    }
    return dash;
  }

  private int digitsBelow(int limit, String what) {
    int start = position;
    int number = digits(2, what);
    if (number >= limit) {
      throw new MalformedLogLineException(what + " should be below " + limit, start + 1);
    }
    return number;
  }

  private int digits(int count, String what) {
    int number = 0;
    for (int i = 0; i < count; i++) {
      if (position >= end || !isDigit(line.charAt(position))) {
        throw malformed(what + " should have " + count + " digits");
      }
      number = number * 10 + (line.charAt(position) - '0');
      position++;
    }
    return number;
  }

  private void expect(char expected, String what) {
    if (position >= end || line.charAt(position) != expected) {
      throw malformed("there should be " + what);
    }
    position++;
  }

  private String text(int from, int to) {
    return to - from == 1 && line.charAt(from) == '-' ? "-" : line.substring(from, to);
  }

  private static boolean isDigit(char character) {
    return character >= '0' && character <= '9';
  }

  private MalformedLogLineException malformed(String problem) {
    String where = position >= end ? problem + ", but the line ends" : problem;
    return new MalformedLogLineException(where, position + 1);
  }
}
