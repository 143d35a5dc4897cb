package io.tidemark.snapshots.s3;

import io.tidemark.checkpoint.BlobStoreException;
import io.tidemark.snapshots.s3.S3Settings.Credentials;
import javax.xml.stream.XMLStreamException;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/** Makes clients of S3. */
final class S3Clients {
  private S3Clients() {}

  static S3Client open(S3Settings settings) {
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClientBuilder(new CheckedHttpClient.Builder())
            // Other servers than Amazon's do not know the checksums that the client adds by itself.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .forcePathStyle(settings.pathStyle())
            .overrideConfiguration(
                override ->
                    override.retryStrategy(
                        AwsRetryStrategy.standardRetryStrategy().toBuilder()
                            .maxAttempts(settings.retries() + 1)
                            .circuitBreakerEnabled(false)
                            // A response that was cut off is as good as lost.
                            .retryOnExceptionOrCauseInstanceOf(XMLStreamException.class)
                            .build()));
    if (settings.endpoint() != null) {
      builder.endpointOverride(settings.endpoint());
    }
    if (settings.region() != null) {
      builder.region(Region.of(settings.region()));
    } else if (settings.endpoint() != null) {
      builder.region(Region.US_EAST_1);
    }
    Credentials credentials = settings.credentials();
    if (credentials != null) {
      builder.credentialsProvider(
          StaticCredentialsProvider.create(
              AwsBasicCredentials.create(credentials.accessKey(), credentials.secretKey())));
    }
    try {
      return builder.build();
    } catch (SdkClientException e) {
      throw new BlobStoreException(
          BlobStoreException.NO_STORE,
          "blobs cannot be kept in "
              + settings.location()
              + ": "
              + e.getMessage()
              + " Set task.checkpoint.store.s3.region",
          e);
    }
  }
}
