package io.tidemark.checkpoint;

import io.tidemark.api.TidemarkException;
import org.jspecify.annotations.Nullable;

/** A blob store cannot be reached or refused, or has not what is wanted of it. */
public final class BlobStoreException extends TidemarkException {
  /** The code of a store that cannot be reached, or failed. Trying again later may help. */
  public static final String UNREACHABLE = "TM-8101";

  /** The code of a blob that is not there. */
  public static final String NOT_FOUND = "TM-8102";

  /** The code of a store without room. */
  public static final String FULL = "TM-8103";

  /** The code of a store that does not permit what is wanted. */
  public static final String FORBIDDEN = "TM-8104";

  /** The code of a place where no blob store can be. */
  public static final String NO_STORE = "TM-8105";

  /** The code of a blob that could not be written because its bytes could not be read. */
  public static final String SOURCE = "TM-8106";

  /** The code of a master key that is missing. */
  public static final String KEY_MISSING = "TM-8110";

  /** The code of a master key that is another one than the blob was encrypted with. */
  public static final String KEY_WRONG = "TM-8111";

  /** The code of an encrypted blob that is not as it was written. */
  public static final String TAMPERED = "TM-8112";

  /** The code of keys that cannot be had. */
  public static final String KEYS_UNUSABLE = "TM-8113";

  private static final long serialVersionUID = 1L;

  public BlobStoreException(String code, String message, @Nullable Throwable cause) {
    super(code, message, cause);
  }

  public BlobStoreException(String code, String message) {
    this(code, message, null);
  }

  /** There is no blob of that name in that store. */
  public static BlobStoreException notFound(String name, Object store, @Nullable Throwable cause) {
    return new BlobStoreException(
        NOT_FOUND, "the blob " + name + " is not there in " + store, cause);
  }

  /** What a blob was to be written from gave more or fewer bytes than it had said. */
  public static BlobStoreException wrongSize(String name, long said, String given) {
    return new BlobStoreException(
        SOURCE,
        "the blob "
            + name
            + " was not written: "
            + said
            + " bytes were announced and "
            + given
            + " came; has the file changed meanwhile?");
  }

  /** What a blob was to be written from cannot be read. */
  public static BlobStoreException unreadableSource(String name, Throwable cause) {
    return new BlobStoreException(
        SOURCE, "the blob " + name + " was not written: its bytes cannot be read: " + cause, cause);
  }
}
