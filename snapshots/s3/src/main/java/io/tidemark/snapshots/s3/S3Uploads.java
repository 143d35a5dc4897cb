package io.tidemark.snapshots.s3;

import io.tidemark.checkpoint.BlobStore.Source;
import io.tidemark.checkpoint.BlobStoreException;
import io.tidemark.system.Failpoint;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.CreateMultipartUploadRequest;
import software.amazon.awssdk.services.s3.model.MultipartUpload;
import software.amazon.awssdk.services.s3.model.NoSuchUploadException;
import software.amazon.awssdk.services.s3.model.PutObjectRequest;
import software.amazon.awssdk.services.s3.model.S3Exception;

/**
 * Writes objects: those of at most one part by one request, others in parts that are uploaded by
 * several threads. No more parts are in memory than threads, over all uploads, and one each that is
 * read. Any thread may call it.
 */
final class S3Uploads implements AutoCloseable {
  static final String TYPE = "application/octet-stream";

  private static final Logger LOG = LoggerFactory.getLogger(S3Uploads.class);
  private static final Duration KEPT = Duration.ofDays(1);
  private static final int MOST_PARTS = 10_000;
  private static final int MOST_ATTEMPTS = 3;

  private final S3Client client;
  private final S3Settings settings;
  private final ExecutorService threads;
  private final Semaphore inFlight;

  S3Uploads(S3Client client, S3Settings settings) {
    this.client = client;
    this.settings = settings;
    this.inFlight = new Semaphore(settings.threads());
    this.threads =
        Executors.newFixedThreadPool(
            settings.threads(),
            run -> {
              Thread thread = new Thread(run, "s3-upload");
              thread.setDaemon(true);
              return thread;
            });
  }

  void put(String name, String key, Source source) {
    if (source.size() <= settings.partBytes()) {
      PutObjectRequest.Builder request =
          PutObjectRequest.builder().bucket(settings.bucket()).key(key);
      client.putObject(encrypted(request).build(), body(readAll(name, source)));
      return;
    }
    for (int attempt = 1; ; attempt++) {
      try {
        putInParts(name, key, source);
        return;
      } catch (NoSuchUploadException e) {
        // It was completed and the response lost, or somebody aborted it; either way once more.
        if (attempt == MOST_ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private static byte[] readAll(String name, Source source) {
    try (InputStream in = source.open()) {
      byte[] bytes = in.readNBytes(Math.toIntExact(source.size()));
      checkEnd(name, source, bytes.length, in);
      return bytes;
    } catch (IOException e) {
      throw BlobStoreException.unreadableSource(name, e);
    }
  }

  private static void checkEnd(String name, Source source, long size, InputStream in)
      throws IOException {
    if (size < source.size()) {
      throw BlobStoreException.wrongSize(name, source.size(), Long.toString(size));
    }
    if (in.read() >= 0) {
      throw BlobStoreException.wrongSize(name, source.size(), "more");
    }
  }

  PutObjectRequest.Builder encrypted(PutObjectRequest.Builder request) {
    return request
        .serverSideEncryption(settings.encryption())
        .ssekmsKeyId(settings.encryptionKey());
  }

  private static RequestBody body(byte[] bytes) {
    return RequestBody.fromContentProvider(
        ContentStreamProvider.fromByteArrayUnsafe(bytes), bytes.length, TYPE);
  }

  private void putInParts(String name, String key, Source source) {
    String upload =
        client
            .createMultipartUpload(
                CreateMultipartUploadRequest.builder()
                    .bucket(settings.bucket())
                    .key(key)
                    .contentType(TYPE)
                    .serverSideEncryption(settings.encryption())
                    .ssekmsKeyId(settings.encryptionKey())
                    .build())
            .uploadId();
    List<Future<CompletedPart>> parts = new ArrayList<>();
    boolean completed = false;
    try {
      Failpoint.pass("blob.s3.before-parts");
      submitParts(name, key, upload, source, parts);
      List<CompletedPart> done = awaitParts(parts);
      Failpoint.pass("blob.s3.before-complete");
      client.completeMultipartUpload(
          request ->
              request
                  .bucket(settings.bucket())
                  .key(key)
                  .uploadId(upload)
                  .multipartUpload(all -> all.parts(done)));
      completed = true;
    } finally {
      if (!completed) {
        abort(key, upload, parts);
      }
    }
  }

  private void submitParts(
      String name, String key, String upload, Source source, List<Future<CompletedPart>> parts) {
    int partBytes =
        (int) Math.max(settings.partBytes(), (source.size() + MOST_PARTS - 1) / MOST_PARTS);
    try (InputStream in = source.open()) {
      long size = 0;
      while (size < source.size()) {
        byte[] part = in.readNBytes((int) Math.min(partBytes, source.size() - size));
        if (part.length == 0) {
          break;
        }
        size += part.length;
        int number = parts.size() + 1;
        acquire();
        parts.add(threads.submit(() -> upload(key, upload, number, part)));
      }
      checkEnd(name, source, size, in);
    } catch (IOException e) {
      throw BlobStoreException.unreadableSource(name, e);
    }
  }

  private void acquire() {
    try {
      inFlight.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SdkClientException.create("interrupted", e);
    }
  }

  private CompletedPart upload(String key, String upload, int number, byte[] part) {
    try {
      String tag =
          client
              .uploadPart(
                  request ->
                      request
                          .bucket(settings.bucket())
                          .key(key)
                          .uploadId(upload)
                          .partNumber(number),
                  body(part))
              .eTag();
      return CompletedPart.builder().partNumber(number).eTag(tag).build();
    } finally {
      inFlight.release();
    }
  }

  private static List<CompletedPart> awaitParts(List<Future<CompletedPart>> parts) {
    List<CompletedPart> done = new ArrayList<>();
    try {
      for (Future<CompletedPart> part : parts) {
        done.add(part.get());
      }
      return done;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw SdkClientException.create("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof SdkException failure) {
        throw failure;
      }
      throw SdkClientException.create("a part failed", e.getCause());
    }
  }

  /** Waits for the parts under way, as the server would keep one that comes after the end. */
  private void abort(String key, String upload, List<Future<CompletedPart>> parts) {
    for (Future<CompletedPart> part : parts) {
      try {
        part.get();
      } catch (ExecutionException e) {
        LOG.debug("a part of {} failed", key, e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    try {
      client.abortMultipartUpload(
          request -> request.bucket(settings.bucket()).key(key).uploadId(upload));
    } catch (SdkException e) {
      LOG.debug("the upload {} of {} is left to be aborted later", upload, key, e);
    }
  }

  /** Aborts uploads that dead processes left a day ago, as far as the server lets us. */
  void abortLeftovers(long nowMs) {
    Instant limit = Instant.ofEpochMilli(nowMs).minus(KEPT);
    try {
      for (MultipartUpload upload :
          client
              .listMultipartUploadsPaginator(
                  request -> request.bucket(settings.bucket()).prefix(settings.prefix()))
              .uploads()) {
        if (upload.initiated() != null && upload.initiated().isBefore(limit)) {
          abort(upload.key(), upload.uploadId(), List.of());
          LOG.info("Aborted the upload of {}, which a process left that died", upload.key());
        }
      }
    } catch (S3Exception e) {
      LOG.debug("uploads in {} cannot be listed", settings.location(), e);
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
