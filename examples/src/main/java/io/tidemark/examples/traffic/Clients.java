package io.tidemark.examples.traffic;

/** What the clients of the generated log call themselves and where they come from. */
final class Clients {
  static final String[] BROWSERS = {
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Safari/605.1.15",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (compatible; Konqueror/5.0; \\\"harbour office\\\") KHTML/5.116 (like Gecko)",
  };

  static final String[] CRAWLERS = {
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
    "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
    "DuckDuckBot/1.1; (+http://duckduckgo.com/duckduckbot.html)",
    "Feedbin feed-id:104811 - 212 subscribers",
    "UniversalFeedParser/6.0.11 +https://github.com/kurtmckee/feedparser/",
  };

  static final String[] PROBERS = {
    "-", "curl/8.5.0", "python-requests/2.32.3", "Mozilla/5.0 zgrab/0.x", "Go-http-client/1.1"
  };

  /** Where readers come from; {@code -} is who typed the address. */
  static final String[] ENTRIES = {
    "-",
    "-",
    "https://www.google.com/",
    "https://www.google.com/",
    "https://www.google.com/search?q=tide+forecast",
    "https://duckduckgo.com/",
    "https://www.bing.com/",
    "https://news.ycombinator.com/",
    "https://t.co/4hQk9tZbXe",
  };

  static final String[] USERS = {"alice", "bob", "harbour master", "j.doe@tidewatch.example"};

  /** What probers look for. */
  static final String[] WEAK_SPOTS = {
    "/wp-login.php", "/.env", "/.git/config", "/phpmyadmin/index.php", "/xmlrpc.php?rsd", "/admin/"
  };

  private Clients() {}
}
