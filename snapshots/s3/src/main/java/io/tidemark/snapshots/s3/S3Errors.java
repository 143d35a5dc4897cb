package io.tidemark.snapshots.s3;

import io.tidemark.checkpoint.BlobStoreException;
import java.util.Locale;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Exception;

/** Says what the errors of S3 mean for a blob store. */
final class S3Errors {
  static final int NOT_FOUND = 404;
  static final int CONFLICT = 409;
  static final int PRECONDITION_FAILED = 412;
  static final int RANGE_NOT_SATISFIABLE = 416;

  private S3Errors() {}

  /**
   * What an error means.
   *
   * @param what what did not work, as the beginning of a sentence
   */
  static BlobStoreException of(String what, SdkException e) {
    if (e instanceof S3Exception answer) {
      int status = answer.statusCode();
      String code = code(answer);
      if (code.equals("NoSuchBucket")) {
        return new BlobStoreException(
            BlobStoreException.NO_STORE, what + ": there is no such bucket; create it", e);
      }
      if (status == 401 || status == 403) {
        return new BlobStoreException(
            BlobStoreException.FORBIDDEN,
            what
                + ": the server does not permit it ("
                + told(answer)
                + "); correct the credentials, or what they may do",
            e);
      }
      if (status == 507 || isAboutRoom(code)) {
        return new BlobStoreException(
            BlobStoreException.FULL, what + ": the server has no room (" + told(answer) + ")", e);
      }
      return new BlobStoreException(BlobStoreException.UNREACHABLE, what + ": " + told(answer), e);
    }
    return new BlobStoreException(BlobStoreException.UNREACHABLE, what + ": " + e.getMessage(), e);
  }

  private static boolean isAboutRoom(String code) {
    String lower = code.toLowerCase(Locale.ROOT);
    return lower.contains("quota") || lower.contains("storagefull") || lower.contains("capacity");
  }

  static String code(S3Exception answer) {
    AwsErrorDetails details = answer.awsErrorDetails();
    return details == null || details.errorCode() == null ? "" : details.errorCode();
  }

  private static String told(S3Exception answer) {
    AwsErrorDetails details = answer.awsErrorDetails();
    String message = details == null ? null : details.errorMessage();
    return answer.statusCode() + " " + code(answer) + (message == null ? "" : ", " + message);
  }
}
