package io.tidemark.checkpoint;

/**
 * The format of an encrypted blob: a header of {@value #HEADER_BYTES} bytes, and chunks.
 *
 * <pre>
 *   0  "TMEB", then the format's version, 1
 *   5  the length of the master key's id, then the id, filled up with zeros to 64 bytes
 *  70  a fingerprint of the master key, 8 bytes: tells a wrong key from a changed blob
 *  78  a nonce, 12 bytes
 *  90  the blob's own key, encrypted with the master key and that nonce, 32 + 16 bytes;
 *      authenticated with it: bytes 0 to 90 and the blob's name
 * 138  zeros, 6 bytes
 * 144  chunk 0: 65536 bytes, encrypted with the blob's key, and a tag of 16 bytes
 *      chunk 1 ...
 *      the last chunk: 0 to 65536 bytes, and a tag; there is always one
 * </pre>
 *
 * <p>All with AES-256-GCM. The nonce of a chunk is its number, in 8 bytes after 3 zeros and a byte
 * that is 1 for the last chunk and 0 for others. So chunks that are changed, moved, left out or cut
 * off do not decrypt (the STREAM construction of Hoang, Reyhanitabar, Rogaway and Vizár, 2015), and
 * any chunk can be read by itself. A blob's key encrypts one blob once.
 */
final class EncryptedBlob {
  static final byte[] MAGIC = {'T', 'M', 'E', 'B'};
  static final byte VERSION = 1;
  static final int MAX_ID_BYTES = 64;
  static final int FINGERPRINT_BYTES = 8;
  static final int NONCE_BYTES = 12;
  static final int KEY_BYTES = 32;
  static final int TAG_BYTES = 16;

  /** Where the header's parts begin. */
  static final int ID_START = 5;

  static final int FINGERPRINT_START = ID_START + 1 + MAX_ID_BYTES;
  static final int NONCE_START = FINGERPRINT_START + FINGERPRINT_BYTES;
  static final int KEY_START = NONCE_START + NONCE_BYTES;
  static final int HEADER_BYTES = 144;

  static final int CHUNK_BYTES = 1 << 16;
  static final int SEALED_CHUNK_BYTES = CHUNK_BYTES + TAG_BYTES;

  private EncryptedBlob() {}

  /** The size of a blob with so many plain bytes. */
  static long sizeOf(long plain) {
    long chunks = Math.max(1, (plain + CHUNK_BYTES - 1) / CHUNK_BYTES);
    return HEADER_BYTES + plain + chunks * TAG_BYTES;
  }

  /** How many plain bytes a blob of that size has; 0 if it is cut off. */
  static long plainSizeOf(long size) {
    return Math.max(0, size - HEADER_BYTES - (lastChunk(size) + 1) * TAG_BYTES);
  }

  /** The number of the last chunk of a blob of that size. */
  static long lastChunk(long size) {
    return Math.max(0, (size - HEADER_BYTES - 1) / SEALED_CHUNK_BYTES);
  }

  /** Where a chunk begins. */
  static long startOf(long chunk) {
    return HEADER_BYTES + chunk * SEALED_CHUNK_BYTES;
  }
}
