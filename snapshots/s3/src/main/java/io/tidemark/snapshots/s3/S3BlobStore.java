package io.tidemark.snapshots.s3;

import io.tidemark.checkpoint.BlobNames;
import io.tidemark.checkpoint.BlobStore;
import io.tidemark.checkpoint.BlobStoreException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;
import software.amazon.awssdk.services.s3.model.S3Object;

/**
 * Blobs as objects of a bucket. Small ones are put by one request, large ones in parts, which are
 * nothing until the upload is completed. There is one of a name because of {@code If-None-Match};
 * whether the server heeds that is tried before it is relied on. The client repeats what fails. Any
 * thread may call it.
 */
public final class S3BlobStore implements BlobStore {
  private static final int MOST_CONFLICTS = 20;

  /** No blob's name; what the first conditional put is tried on. */
  private static final String PROBE = ".conditional";

  private final S3Settings settings;
  private final S3Client client;
  private final S3Uploads uploads;
  private volatile boolean conditional;

  /**
   * Opens the store.
   *
   * @param clock milliseconds since 1970
   * @throws BlobStoreException if there is no such bucket, or it cannot be reached
   */
  S3BlobStore(S3Settings settings, LongSupplier clock) {
    this.settings = settings;
    this.client = S3Clients.open(settings);
    this.uploads = new S3Uploads(client, settings);
    boolean opened = false;
    try {
      client.headBucket(request -> request.bucket(settings.bucket()));
      uploads.abortLeftovers(clock.getAsLong());
      opened = true;
    } catch (S3Exception e) {
      if (e.statusCode() == S3Errors.NOT_FOUND) {
        throw new BlobStoreException(
            BlobStoreException.NO_STORE,
            "blobs cannot be kept in " + this + ": there is no such bucket; create it",
            e);
      }
      throw S3Errors.of("blobs cannot be kept in " + this, e);
    } catch (SdkException e) {
      throw S3Errors.of("blobs cannot be kept in " + this, e);
    } finally {
      if (!opened) {
        close();
      }
    }
  }

  @Override
  public void put(String name, Source source) {
    String key = key(name);
    try {
      uploads.put(name, key, source);
    } catch (SdkException e) {
      throw S3Errors.of("the blob " + name + " cannot be written to " + this, e);
    }
  }

  @Override
  public boolean putIfAbsent(String name, byte[] bytes) {
    String key = key(name);
    try {
      tryConditionalPut();
      for (int attempt = 1; ; attempt++) {
        try {
          if (putUnlessThere(key, bytes)) {
            return true;
          }
          return Arrays.equals(read(name), bytes);
        } catch (BlobStoreException e) {
          if (!e.code().equals(BlobStoreException.NOT_FOUND) || attempt == MOST_CONFLICTS) {
            throw e;
          }
        } catch (S3Exception e) {
          if (e.statusCode() != S3Errors.CONFLICT || attempt == MOST_CONFLICTS) {
            throw e;
          }
        }
      }
    } catch (SdkException e) {
      throw S3Errors.of("the blob " + name + " cannot be written to " + this, e);
    }
  }

  /** Returns whether it was put; false if there is an object already. */
  private boolean putUnlessThere(String key, byte[] bytes) {
    PutObjectRequest.Builder request =
        PutObjectRequest.builder().bucket(settings.bucket()).key(key).ifNoneMatch("*");
    try {
      client.putObject(
          uploads.encrypted(request).build(),
          RequestBody.fromContentProvider(
              ContentStreamProvider.fromByteArray(bytes), bytes.length, S3Uploads.TYPE));
      return true;
    } catch (S3Exception e) {
      if (e.statusCode() == S3Errors.PRECONDITION_FAILED) {
        return false;
      }
      throw e;
    }
  }

  private void tryConditionalPut() {
    if (conditional) {
      return;
    }
    String probe = settings.prefix() + PROBE;
    byte[] nothing = new byte[0];
    boolean refused = !putUnlessThere(probe, nothing);
    if (!refused) {
      // There was none; then a second one must be refused.
      refused = !putUnlessThere(probe, nothing);
    }
    if (!refused) {
      throw new BlobStoreException(
          BlobStoreException.NO_STORE,
          "checkpoints cannot be kept in "
              + this
              + ": the server ignores the header If-None-Match of a put, so that two coordinators"
              + " could overwrite each other's; use a newer version of it");
    }
    conditional = true;
  }

  @Override
  public InputStream open(String name, long from) {
    return new S3Reading(client, settings, name, key(name), from);
  }

  @Override
  public @Nullable Stat stat(String name) {
    String key = key(name);
    try {
      HeadObjectResponse found =
          client.headObject(request -> request.bucket(settings.bucket()).key(key));
      if (found.contentLength() == null || found.lastModified() == null) {
        throw SdkClientException.create("the response is not whole");
      }
      return new Stat(name, found.contentLength(), found.lastModified());
    } catch (NoSuchKeyException e) {
      return null;
    } catch (SdkException e) {
      throw S3Errors.of("the blob " + name + " in " + this + " cannot be looked at", e);
    }
  }

  @Override
  public List<Stat> list(String prefix) {
    String keys = settings.prefix() + BlobNames.checkPrefix(prefix);
    List<Stat> found = new ArrayList<>();
    try {
      for (S3Object object :
          client
              .listObjectsV2Paginator(request -> request.bucket(settings.bucket()).prefix(keys))
              .contents()) {
        String name = object.key().substring(settings.prefix().length());
        if (BlobNames.isName(name)) {
          found.add(new Stat(name, object.size(), object.lastModified()));
        }
      }
    } catch (SdkException e) {
      throw S3Errors.of(
          "the blobs in s3://" + settings.bucket() + "/" + keys + " cannot be listed", e);
    }
    found.sort(Comparator.comparing(Stat::name));
    return found;
  }

  @Override
  public void delete(String name) {
    String key = key(name);
    try {
      client.deleteObject(request -> request.bucket(settings.bucket()).key(key));
    } catch (NoSuchKeyException e) {
      // Amazon's server would not say so.
    } catch (SdkException e) {
      throw S3Errors.of("the blob " + name + " in " + this + " cannot be deleted", e);
    }
  }

  private String key(String name) {
    return settings.prefix() + BlobNames.check(name);
  }

  @Override
  public void close() {
    uploads.close();
    client.close();
  }

  @Override
  public String toString() {
    return settings.location();
  }
}
