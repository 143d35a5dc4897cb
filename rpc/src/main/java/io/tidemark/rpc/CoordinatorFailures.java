package io.tidemark.rpc;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tidemark.api.TidemarkException;

/** What a caller of the coordinator is told of a call that failed. Stateless. */
final class CoordinatorFailures {
  private static final String UNREACHABLE = "TM-8301";
  private static final String REFUSED = "TM-8302";

  private CoordinatorFailures() {}

  /** For a container: whether to try again, or to end. */
  static TidemarkException ofExchange(StatusRuntimeException e) {
    TidemarkException reason = of(e);
    return switch (e.getStatus().getCode()) {
      case FAILED_PRECONDITION, INVALID_ARGUMENT, UNAUTHENTICATED, UNIMPLEMENTED ->
          reason.code().equals(REFUSED)
              ? reason
              : new TidemarkException(
                  REFUSED, "the coordinator refuses this container: " + reason.getMessage(), e);
      default -> ofFinding(reason);
    };
  }

  /** For a container that has not found its coordinator: it tries again. */
  static TidemarkException ofFinding(TidemarkException reason) {
    return reason.code().equals(UNREACHABLE)
        ? reason
        : new TidemarkException(
            UNREACHABLE, "the coordinator cannot be reached now: " + reason.getMessage(), reason);
  }

  /** Whether the same call may succeed soon. */
  static boolean isPassing(StatusRuntimeException e) {
    return Failures.isPassing(e);
  }

  /** For a command: the coordinator's own error if it gave one. */
  static TidemarkException of(StatusRuntimeException e) {
    Status status = e.getStatus();
    String why = String.valueOf(status.getDescription());
    String code = ControlProtocol.code(e);
    if (code != null) {
      return new TidemarkException(code, why, e);
    } else if (Failures.isRefusedByTls(e)) {
      return new TidemarkException(
          "TM-7035",
          "the coordinator and this process do not accept each other's certificates: "
              + Failures.cause(e)
              + ". Set job.coordinator.tls.ca to those that vouch for the coordinator's, and"
              + " job.coordinator.tls.certificate and .key to one that it accepts",
          e);
    }
    return switch (status.getCode()) {
      case UNAUTHENTICATED ->
          new TidemarkException("TM-7034", "the coordinator refused the call: " + why, e);
      case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED ->
          new TidemarkException(
              "TM-7033",
              "the coordinator does not answer: " + why + ". Is it running, and does it want TLS?",
              e);
      default ->
          new TidemarkException(
              "TM-7036",
              "the coordinator could not answer: " + status + "; its log may say more",
              e);
    };
  }
}
