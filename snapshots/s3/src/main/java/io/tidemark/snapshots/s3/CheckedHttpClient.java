package io.tidemark.snapshots.s3;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import software.amazon.awssdk.http.ExecutableHttpRequest;
import software.amazon.awssdk.http.HttpExecuteRequest;
import software.amazon.awssdk.http.HttpExecuteResponse;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.utils.AttributeMap;

/**
 * The JDK's client of HTTP, whose failures are all {@link IOException}s. Some come unchecked out of
 * the SDK's adapter, and the SDK would not repeat those.
 */
final class CheckedHttpClient implements SdkHttpClient {
  private static final Duration CONNECTING = Duration.ofSeconds(10);
  private static final Duration SILENCE = Duration.ofSeconds(60);

  private final SdkHttpClient client;

  private CheckedHttpClient(SdkHttpClient client) {
    this.client = client;
  }

  /** Makes such clients. */
  static final class Builder implements SdkHttpClient.Builder<Builder> {
    @Override
    public SdkHttpClient buildWithDefaults(AttributeMap defaults) {
      return new CheckedHttpClient(
          UrlConnectionHttpClient.builder()
              .connectionTimeout(CONNECTING)
              .socketTimeout(SILENCE)
              .buildWithDefaults(defaults));
    }
  }

  @Override
  public ExecutableHttpRequest prepareRequest(HttpExecuteRequest request) {
    ExecutableHttpRequest prepared = client.prepareRequest(request);
    return new ExecutableHttpRequest() {
      @Override
      public HttpExecuteResponse call() throws IOException {
        try {
          return prepared.call();
        } catch (UncheckedIOException e) {
          throw e.getCause();
        }
      }

      @Override
      public void abort() {
        prepared.abort();
      }
    };
  }

  @Override
  public String clientName() {
    return client.clientName();
  }

  @Override
  public void close() {
    client.close();
  }
}
