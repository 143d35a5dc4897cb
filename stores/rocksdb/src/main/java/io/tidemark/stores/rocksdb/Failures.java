package io.tidemark.stores.rocksdb;

import io.tidemark.api.StateException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/**
 * Says what a failure of RocksDB means for one task.
 *
 * @param task the task's name
 * @param directory where its database is
 */
record Failures(String task, Path directory) {

  /** A database that was there could not be opened, or a new one not created. */
  StateException opening(RocksDBException failure, boolean existed) {
    String message = String.valueOf(failure.getMessage());
    if (message.contains("lock hold by") || message.contains("While lock file")) {
      return new StateException(
          "TM-3002",
          "the state of task "
              + task
              + " in "
              + directory
              + " is in use by another process or engine ("
              + message
              + "). Stop that one, or give this container a directory of its own",
          failure);
    }
    boolean missing = message.contains("No such file") || message.contains("does not exist");
    if (existed && !noSpace(failure) && (!is(failure, Status.Code.IOError) || missing)) {
      return damaged("", message, failure);
    }
    return unwritable(failure);
  }

  /** A store could not be read. */
  StateException reading(String store, RocksDBException failure) {
    return damaged(", store " + store + ",", String.valueOf(failure.getMessage()), failure);
  }

  /**
   * Changes could not be written; maybe what fails is a write in the background, or an earlier one.
   */
  StateException writing(RocksDBException failure) {
    return is(failure, Status.Code.Corruption)
        ? damaged("", String.valueOf(failure.getMessage()), failure)
        : unwritable(failure);
  }

  /** Something is there that is not as it must be. */
  StateException damaged(String store, String what, @Nullable Exception cause) {
    return new StateException(
        "TM-3003",
        "the local state of task "
            + task
            + store
            + " in "
            + directory
            + " is damaged: "
            + what.replaceAll("[. ]+$", "")
            + ". Remove that directory: the task then rebuilds its state from its journal. If it"
            + " happens again, check the disk",
        cause);
  }

  /** The directory cannot be written, or nothing more fits in. */
  StateException unwritable(Exception failure) {
    String what =
        noSpace(failure)
            ? "the disk is full. Make room, then start the container again"
            : "writing fails. Check that it is a writable directory and that the disk works";
    return new StateException(
        "TM-3004",
        "cannot keep the state of task "
            + task
            + " in "
            + directory
            + ": "
            + what
            + " ("
            + failure
            + ")",
        failure);
  }

  private static boolean is(RocksDBException failure, Status.Code code) {
    return failure.getStatus() != null && failure.getStatus().getCode() == code;
  }

  private static boolean noSpace(Exception failure) {
    return (failure instanceof RocksDBException rocks
            && rocks.getStatus() != null
            && rocks.getStatus().getSubCode() == Status.SubCode.NoSpace)
        || String.valueOf(failure.getMessage()).contains("No space left");
  }
}
