package io.tidemark.examples.traffic;

/**
 * The site whose log the generator writes: its pages, each with the files a browser loads along
 * with it, most wanted first. Immutable, and decided by the seed.
 */
final class Website {
  static final String ADDRESS = "https://www.tidewatch.example";

  /** Something to ask for, and how large the answer is. */
  record Resource(String path, int bytes) {}

  /** A page and what a browser loads with it. */
  record Page(Resource document, Resource[] assets) {}

  static final String[] WORDS = {
    "tide",
    "harbour",
    "pilot",
    "chart",
    "current",
    "buoy",
    "north",
    "lighthouse",
    "sounding",
    "anchor",
    "estuary",
    "channel",
    "gauge",
    "storm",
    "surge",
    "moon",
    "spring",
    "neap",
    "log",
    "stream",
    "sailing",
    "coast",
    "island",
    "ferry",
    "bridge",
    "dredging",
    "pier",
    "weather",
    "forecast",
    "archive",
    "survey",
    "mooring"
  };

  private static final Resource[] LAYOUT = {
    new Resource("/css/site.css?v=41", 18_204),
    new Resource("/js/site.js?v=41", 44_871),
    new Resource("/images/logo.svg", 3_310),
    new Resource("/favicon.ico", 3_638),
  };

  private final Page[] pages;

  Website(SeededRandom random, int pageCount) {
    pages = new Page[pageCount];
    pages[0] = new Page(new Resource("/", 11_874), LAYOUT);
    for (int number = 1; number < pageCount; number++) {
      pages[number] = page(random, number);
    }
  }

  Page page(int rank) {
    return pages[rank];
  }

  int pageCount() {
    return pages.length;
  }

  private static Page page(SeededRandom random, int number) {
    String slug =
        random.oneOf(WORDS) + '-' + random.oneOf(WORDS) + '-' + random.oneOf(WORDS) + '-' + number;
    String path =
        switch (random.below(4)) {
          case 0 -> "/projects/" + slug + "/";
          case 1 -> "/stations/" + slug + ".html";
          default -> "/blog/" + (2012 + random.below(14)) + "/" + slug + "/";
        };
    Resource[] assets = new Resource[LAYOUT.length + random.below(4)];
    System.arraycopy(LAYOUT, 0, assets, 0, LAYOUT.length);
    for (int i = LAYOUT.length; i < assets.length; i++) {
      String image = "/images/" + slug + "-" + (i - LAYOUT.length + 1) + ".jpg";
      assets[i] = new Resource(image, random.logNormal(48_000, 1.1));
    }
    return new Page(new Resource(path, random.logNormal(14_000, 0.8)), assets);
  }
}
