package io.tidemark.snapshots.s3;

import io.tidemark.checkpoint.BlobStoreException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Reads an object, and when the connection breaks goes on where it was, if it is still the same
 * object. Confined to one thread.
 */
final class S3Reading extends InputStream {
  private static final Logger LOG = LoggerFactory.getLogger(S3Reading.class);

  private final S3Client client;
  private final S3Settings settings;
  private final String name;
  private final String key;
  private long position;
  private long end;
  private @Nullable String tag;
  private @Nullable ResponseInputStream<GetObjectResponse> bytes;
  private int failures;

  /** Opens the object; there is one. */
  S3Reading(S3Client client, S3Settings settings, String name, String key, long from) {
    this.client = client;
    this.settings = settings;
    this.name = name;
    this.key = key;
    this.position = from;
    try {
      reopen();
    } catch (NoSuchKeyException e) {
      throw BlobStoreException.notFound(name, settings.location(), e);
    } catch (S3Exception e) {
      if (e.statusCode() != S3Errors.RANGE_NOT_SATISFIABLE) {
        throw failure(e);
      }
      end = position;
    } catch (SdkException e) {
      throw failure(e);
    }
  }

  private BlobStoreException failure(SdkException e) {
    return S3Errors.of("the blob " + name + " in " + settings.location() + " cannot be read", e);
  }

  private void reopen() {
    GetObjectRequest.Builder request =
        GetObjectRequest.builder().bucket(settings.bucket()).key(key).ifMatch(tag);
    if (position > 0) {
      request.range("bytes=" + position + "-");
    }
    ResponseInputStream<GetObjectResponse> opened = client.getObject(request.build());
    bytes = opened;
    Long length = opened.response().contentLength();
    if (length == null) {
      abort();
      throw SdkClientException.create("the response does not say how long it is");
    }
    tag = opened.response().eTag();
    end = position + length;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (position < end) {
      try {
        if (bytes == null) {
          reopen();
        }
        int read = bytes == null ? -1 : bytes.read(target, offset, length);
        if (read > 0) {
          position += read;
          failures = 0;
          return read;
        }
        resumeAfter(new IOException("the connection ended early"));
      } catch (S3Exception e) {
        throw new IOException(
            e.statusCode() == S3Errors.PRECONDITION_FAILED
                ? "the blob " + name + " was replaced while it was read"
                : "the blob " + name + " cannot be read: " + e.getMessage(),
            e);
      } catch (IOException | SdkException e) {
        resumeAfter(e);
      }
    }
    return -1;
  }

  private void resumeAfter(Exception e) throws IOException {
    abort();
    if (++failures > settings.retries()) {
      throw new IOException(
          "the blob " + name + " in " + settings.location() + " cannot be read any further", e);
    }
    LOG.debug("reading {} goes on at byte {}", name, position, e);
  }

  private void abort() {
    if (bytes != null) {
      bytes.abort();
      bytes = null;
    }
  }

  @Override
  public void close() throws IOException {
    if (position < end) {
      abort();
    } else if (bytes != null) {
      bytes.close();
      bytes = null;
    }
  }
}
