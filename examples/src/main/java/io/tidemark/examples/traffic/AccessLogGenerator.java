package io.tidemark.examples.traffic;

import java.util.Iterator;

/**
 * Makes the access log of a website that does not exist: endless, believable, and the same for the
 * same seed and settings on every machine.
 *
 * <p>Readers come and go by day and night, load pages with their images and follow links; crawlers
 * and those who probe for weak spots come too. Few clients and pages make up most of the requests.
 * About one line in 2,000 is damaged (cut off, or binary), as a job must expect. No line contains a
 * line break, and times never go back.
 *
 * <p>Confined to one thread.
 */
public final class AccessLogGenerator implements Iterator<String> {
  private static final int DAMAGED_ONE_IN = 2_000;
  private static final int VISITS_AT_ONCE = 256;
  private static final long BEGINNING = 1_767_571_200; // 2026-01-05T00:00:00Z, a Monday
  private static final int SECONDS_OF_DAY = 86_400;

  /** How much busier than on average each hour of the day is, in percent. */
  private static final int[] RHYTHM = {
    45, 35, 30, 28, 30, 40, 60, 85, 115, 135, 145, 145,
    135, 140, 145, 145, 140, 130, 125, 130, 135, 125, 95, 62
  };

  private final SeededRandom random;
  private final Website website;
  private final int visitors;
  private final long clients;
  private final long meanGapMicros;
  private final Visit[] visits = new Visit[VISITS_AT_ONCE];
  private long clockMicros = BEGINNING * 1_000_000;

  /** A log of 700,000 lines a day from 100,000 visitors to 5,000 pages. */
  public AccessLogGenerator(long seed) {
    this(seed, 100_000, 5_000, 700_000);
  }

  /**
   * A log of a size.
   *
   * @param seed decides everything that is left to chance
   * @param visitors how many clients there are; few of them come often, most seldom
   * @param pages how many pages the site has, images and the like not counted
   * @param linesPerDay how many lines make a day of the log's time, on average
   */
  public AccessLogGenerator(long seed, int visitors, int pages, int linesPerDay) {
    if (visitors < 1 || pages < 1 || linesPerDay < 1) {
      throw new IllegalArgumentException(
          "visitors (%d), pages (%d) and lines per day (%d) must be at least 1"
              .formatted(visitors, pages, linesPerDay));
    }
    this.random = new SeededRandom(seed);
    this.clients = random.nextLong();
    this.website = new Website(random, pages);
    this.visitors = visitors;
    this.meanGapMicros = SECONDS_OF_DAY * 1_000_000L / linesPerDay;
    for (int i = 0; i < visits.length; i++) {
      visits[i] = newVisit();
    }
  }

  /** There is always a next line. */
  @Override
  public boolean hasNext() {
    return true;
  }

  @Override
  public String next() {
    long epochSecond = advanceClock();
    int turn = random.below(visits.length);
    Visit visit = visits[turn];
    String line = visit.next(epochSecond).format();
    if (visit.isOver()) {
      visits[turn] = newVisit();
    }
    return random.oneIn(DAMAGED_ONE_IN) ? damage(line) : line;
  }

  private Visit newVisit() {
    return new Visit(random, website, clients, random.zipf(visitors));
  }

  private long advanceClock() {
    int hour = (int) (clockMicros / 3_600_000_000L % 24);
    clockMicros += (long) (2 * random.unit() * meanGapMicros * 100 / RHYTHM[hour]);
    return clockMicros / 1_000_000;
  }

  private String damage(String line) {
    if (random.oneIn(2)) {
      // Within the time at the latest, so that what is left is no complete line.
      return line.substring(0, 1 + random.below(line.indexOf(']')));
    }
    char[] junk = new char[4 + random.below(60)];
    for (int i = 0; i < junk.length; i++) {
      char character = (char) (1 + random.below(0xff));
      junk[i] = character == '\n' || character == '\r' ? ' ' : character;
    }
    return new String(junk);
  }
}
