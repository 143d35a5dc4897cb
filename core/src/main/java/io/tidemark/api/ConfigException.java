package io.tidemark.api;

import org.jspecify.annotations.Nullable;

/** The configuration is wrong: nothing was started, and nothing will until it is corrected. */
public class ConfigException extends TidemarkException {
  private static final long serialVersionUID = 1L;

  public ConfigException(String code, String message) {
    super(code, message);
  }

  public ConfigException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }
}
