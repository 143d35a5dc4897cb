package io.tidemark.examples.traffic;

import io.tidemark.examples.traffic.Website.Page;
import io.tidemark.examples.traffic.Website.Resource;

/**
 * One client's stay on the site, request by request. What kind of client it is and what it is
 * called follows from its number alone, so that it comes back as the same one. Confined to one
 * thread.
 */
final class Visit {
  private static final Page ROBOTS = new Page(new Resource("/robots.txt", 214), new Resource[0]);
  private static final Resource FEED = new Resource("/feed.xml", 88_120);
  private static final int ODD_REQUEST_ONE_IN = 400;

  /** What a client is out for. */
  private enum Kind {
    READER,
    CRAWLER,
    PROBER
  }

  private final SeededRandom random;
  private final Website website;
  private final Kind kind;
  private final String host;
  private final String user;
  private final String userAgent;
  private final boolean cached;
  private String referer;
  private Page page;
  private int assetsLoaded;
  private boolean documentLoaded;
  private int pagesLeft;

  /**
   * Begins a visit.
   *
   * @param clients the seed of all clients
   * @param client which of them comes
   */
  Visit(SeededRandom random, Website website, long clients, int client) {
    this.random = random;
    this.website = website;
    SeededRandom identity = new SeededRandom(clients ^ (client * 0xD1342543DE82EF95L));
    int share = identity.below(100);
    this.kind = share < 88 ? Kind.READER : share < 97 ? Kind.CRAWLER : Kind.PROBER;
    boolean reader = kind == Kind.READER;
    this.host = host(identity);
    this.user = reader && identity.oneIn(200) ? identity.oneOf(Clients.USERS) : "-";
    this.userAgent = identity.oneOf(userAgents(kind));
    this.cached = reader && random.oneIn(3);
    this.referer = reader ? random.oneOf(Clients.ENTRIES) : "-";
    this.pagesLeft = reader ? 1 + random.logNormal(2, 0.8) : 10 + random.below(60);
    this.page = kind == Kind.CRAWLER ? ROBOTS : website.page(random.zipf(website.pageCount()));
  }

  boolean isOver() {
    return pagesLeft <= 0;
  }

  /** The client's next request and the site's answer to it. */
  AccessLogLine next(long epochSecond) {
    if (random.oneIn(ODD_REQUEST_ONE_IN)) {
      return oddRequest(epochSecond);
    }
    if (kind == Kind.PROBER) {
      pagesLeft--;
      int status = random.oneIn(20) ? 403 : 404;
      return line(epochSecond, "GET", random.oneOf(Clients.WEAK_SPOTS), status, 196);
    }
    AccessLogLine line = documentLoaded ? asset(epochSecond) : document(epochSecond);
    if (!documentLoaded || kind == Kind.CRAWLER || assetsLoaded == page.assets().length) {
      turnPage();
    }
    return line;
  }

  /** The page itself; a document that fails brings no assets. */
  private AccessLogLine document(long epochSecond) {
    Resource document = page.document();
    int fate = random.below(1000);
    if (fate < 12) {
      return line(epochSecond, "GET", document.path() + "old", 404, 196);
    }
    if (fate < 22) {
      return line(epochSecond, "GET", document.path() + "index", 301, 243);
    }
    if (fate < 24) {
      return line(epochSecond, "GET", document.path(), 500, 527);
    }
    if (fate < 64) {
      String question = random.oneOf(Website.WORDS) + "+" + random.oneOf(Website.WORDS);
      return line(epochSecond, "GET", "/search?q=" + question, 200, 4_000 + random.below(9_000));
    }
    if (fate < 84) {
      return line(epochSecond, "GET", FEED.path(), 200, FEED.bytes());
    }
    if (fate < 90) {
      return line(epochSecond, "HEAD", document.path(), 200, AccessLogLine.NO_BYTES);
    }
    documentLoaded = true;
    return line(epochSecond, "GET", document.path(), 200, document.bytes() + random.below(300));
  }

  private AccessLogLine asset(long epochSecond) {
    Resource asset = page.assets()[assetsLoaded++];
    referer = Website.ADDRESS + page.document().path();
    return cached
        ? line(epochSecond, "GET", asset.path(), 304, AccessLogLine.NO_BYTES)
        : line(epochSecond, "GET", asset.path(), 200, asset.bytes());
  }

  private void turnPage() {
    if (documentLoaded && kind == Kind.READER) {
      referer = Website.ADDRESS + page.document().path();
    }
    int pages = website.pageCount();
    page = website.page(kind == Kind.CRAWLER ? random.below(pages) : random.zipf(pages));
    documentLoaded = false;
    assetsLoaded = 0;
    pagesLeft--;
  }

  /** What also comes in on an open port: nothing at all, another protocol, escaped quotes. */
  private AccessLogLine oddRequest(long epochSecond) {
    pagesLeft--;
    return switch (random.below(3)) {
      case 0 -> line(epochSecond, "-", 408, AccessLogLine.NO_BYTES);
      case 1 -> line(epochSecond, "\\x16\\x03\\x01\\x02", 400, 226);
      default -> line(epochSecond, "GET /search?q=\\\"spring tide\\\" HTTP/1.1", 200, 5_120);
    };
  }

  private AccessLogLine line(long epochSecond, String method, String path, int status, long bytes) {
    return line(epochSecond, method + ' ' + path + " HTTP/1.1", status, bytes);
  }

  private AccessLogLine line(long epochSecond, String request, int status, long bytes) {
    return new AccessLogLine(
        host, "-", user, epochSecond, 0, request, status, bytes, referer, userAgent);
  }

  private static String[] userAgents(Kind kind) {
    return switch (kind) {
      case READER -> Clients.BROWSERS;
      case CRAWLER -> Clients.CRAWLERS;
      case PROBER -> Clients.PROBERS;
    };
  }

  private static String host(SeededRandom identity) {
    if (identity.oneIn(8)) {
      return "2a02:" + hex(identity) + ':' + hex(identity) + "::" + hex(identity);
    }
    return (11 + identity.below(115))
        + "."
        + identity.below(256)
        + '.'
        + identity.below(256)
        + '.'
        + (1 + identity.below(254));
  }

  private static String hex(SeededRandom identity) {
    return Integer.toHexString(1 + identity.below(0xffff));
  }
}
