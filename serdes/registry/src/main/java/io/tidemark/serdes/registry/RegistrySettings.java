package io.tidemark.serdes.registry;

import io.tidemark.api.Config;
import io.tidemark.api.ConfigException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the configuration of a serde says about the registry: {@code registry.url} and so on.
 *
 * @param urls where the registry answers, the nearest first; without a slash at the end
 * @param basicAuth {@code USER:PASSWORD}; null if it wants none
 * @param timeout how long to wait for an answer, each time
 * @param attempts how often to ask before giving up
 */
public record RegistrySettings(
    List<URI> urls, @Nullable String basicAuth, Duration timeout, int attempts) {
  private static final String PREFIX = "serializers.registry.<serde>.";

  public RegistrySettings {
    urls = List.copyOf(urls);
  }

  /**
   * The settings among those of a serde.
   *
   * @throws ConfigException (TM-1022) if they are wrong
   */
  public static RegistrySettings of(Config config) {
    List<URI> urls = new ArrayList<>();
    for (String url : config.getList("registry.url")) {
      urls.add(url(url));
    }
    if (urls.isEmpty()) {
      throw new ConfigException(
          "TM-1022",
          PREFIX
              + "registry.url is missing; set it to where the schema registry answers, such as"
              + " http://localhost:8081");
    }
    String basicAuth = config.get("registry.basic.auth");
    if (basicAuth != null && basicAuth.indexOf(':') < 0) {
      throw new ConfigException(
          "TM-1022", PREFIX + "registry.basic.auth is not of the form USER:PASSWORD; correct it");
    }
    return new RegistrySettings(
        urls,
        basicAuth,
        Duration.ofMillis(atLeastOne(config, "registry.timeout.ms", 10_000)),
        (int) atLeastOne(config, "registry.attempts", 4));
  }

  private static URI url(String text) {
    try {
      URI url = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
      boolean isHttp = "http".equals(url.getScheme()) || "https".equals(url.getScheme());
      if (isHttp && url.getHost() != null && url.getUserInfo() == null && url.getQuery() == null) {
        return url;
      }
    } catch (URISyntaxException e) {
      // the message below says it, without what may be a password in the text
    }
    throw new ConfigException(
        "TM-1022",
        PREFIX
            + "registry.url has what is no http:// or https:// address of a host; correct it, and"
            + " put a user and password into registry.basic.auth");
  }

  private static long atLeastOne(Config config, String key, long defaultValue) {
    long value = config.getLong(key, defaultValue);
    if (value < 1 || value > Integer.MAX_VALUE) {
      throw new ConfigException(
          "TM-1022", PREFIX + key + "=" + value + " is not from 1 to 2147483647; correct it");
    }
    return value;
  }

  /** Where the registry is; nothing secret. */
  @Override
  public String toString() {
    return "the schema registry at " + urls.get(0);
  }
}
