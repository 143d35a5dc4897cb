package io.tidemark.rpc;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.tidemark.api.TidemarkException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What all calls of the control protocol have in common: the version, and how errors are told. */
final class ControlProtocol {
  /** The version that is spoken here. */
  static final int VERSION = 1;

  private static final Logger LOG = LoggerFactory.getLogger(ControlProtocol.class);
  private static final Metadata.Key<String> CODE =
      Metadata.Key.of("tidemark-code", Metadata.ASCII_STRING_MARSHALLER);

  private ControlProtocol() {}

  /**
   * Refuses a caller of another job, or one that says what is not understood here.
   *
   * @param version the version that it speaks
   * @param job the job that it means
   * @param here the job that is coordinated here
   */
  static void check(int version, String job, String here) {
    if (version < 1 || version > VERSION) {
      throw refused(
          "TM-7030",
          String.format(
              "the caller speaks version %s of the control protocol, and this coordinator knows up"
                  + " to version %d; start the coordinator with the newer release first",
              Integer.toUnsignedString(version), VERSION));
    }
    if (!job.equals(here)) {
      throw refused(
          "TM-7031",
          String.format(
              "the caller is of the job %s, and this coordinator is of the job %s; correct the"
                  + " coordinator's address, or job.name and job.id",
              job, here));
    }
  }

  private static StatusRuntimeException refused(String code, String message) {
    return status(Status.FAILED_PRECONDITION, code, message, null);
  }

  /** What a caller hears of a failure. */
  static StatusRuntimeException status(RuntimeException e) {
    if (e instanceof StatusRuntimeException known) {
      return known;
    } else if (e instanceof TidemarkException failure) {
      Status status =
          switch (failure.code()) {
            case "TM-8302" -> Status.FAILED_PRECONDITION;
            case "TM-8301", "TM-8310" -> Status.UNAVAILABLE;
            default -> Status.ABORTED;
          };
      return status(status, failure.code(), text(failure), failure);
    }
    LOG.warn("A call of the control protocol failed", e);
    return Status.INTERNAL.withDescription(e.toString()).withCause(e).asRuntimeException();
  }

  private static StatusRuntimeException status(
      Status status, String code, String message, @Nullable Throwable cause) {
    Metadata trailers = new Metadata();
    trailers.put(CODE, code);
    return status.withDescription(message).withCause(cause).asRuntimeException(trailers);
  }

  /** An exception's message without its code. */
  private static String text(TidemarkException e) {
    String message = String.valueOf(e.getMessage());
    String code = e.code() + ": ";
    return message.startsWith(code) ? message.substring(code.length()) : message;
  }

  /** The stable code of the coordinator's error; null if it gave none. */
  static @Nullable String code(StatusRuntimeException e) {
    Metadata trailers = e.getTrailers();
    return trailers == null ? null : trailers.get(CODE);
  }
}
