package io.tidemark.rpc;

import io.grpc.StatusRuntimeException;
import io.tidemark.api.TidemarkException;
import javax.net.ssl.SSLException;

/** What a caller is told of a call that failed. */
final class Failures {
  private Failures() {}

  /** Whether the same call may succeed soon: the container is not there, or not ready. */
  static boolean isPassing(StatusRuntimeException e) {
    return switch (e.getStatus().getCode()) {
      case UNAVAILABLE, DEADLINE_EXCEEDED -> !isRefusedByTls(e);
      default -> false;
    };
  }

  static boolean isRefusedByTls(Throwable e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof SSLException) {
        return true;
      }
    }
    return false;
  }

  static TidemarkException of(String address, StatusRuntimeException e) {
    String why = e.getStatus().getDescription();
    if (isRefusedByTls(e)) {
      return new TidemarkException(
          "TM-7013",
          "the container at "
              + address
              + " and this client do not accept each other's certificates: "
              + cause(e)
              + ". Give the client the certificates that vouch for the container's, and one of its"
              + " own if container.rpc.tls.ca is set",
          e);
    }
    return switch (e.getStatus().getCode()) {
      case UNAUTHENTICATED ->
          new TidemarkException(
              "TM-7012", "the container at " + address + " refused the call: " + why, e);
      case NOT_FOUND, INVALID_ARGUMENT -> new TidemarkException("TM-7014", String.valueOf(why), e);
      case RESOURCE_EXHAUSTED ->
          new TidemarkException("TM-7015", "the answer is too large: " + why, e);
      case UNAVAILABLE, DEADLINE_EXCEEDED ->
          new TidemarkException(
              "TM-7011",
              "the container at "
                  + address
                  + " does not answer: "
                  + why
                  + ". Is it running, and does it want TLS?",
              e);
      default ->
          new TidemarkException(
              "TM-7016",
              "the container at "
                  + address
                  + " could not answer: "
                  + e.getStatus()
                  + "; its log may say more",
              e);
    };
  }

  static String cause(Throwable e) {
    Throwable last = e;
    while (last.getCause() != null) {
      last = last.getCause();
    }
    return String.valueOf(last.getMessage());
  }
}
