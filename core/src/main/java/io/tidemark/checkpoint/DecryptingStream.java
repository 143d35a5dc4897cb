package io.tidemark.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;

/**
 * The plain form of an encrypted blob's chunks. Gives no byte that was not authenticated, and ends
 * only behind the last chunk. Confined to one thread.
 */
final class DecryptingStream extends InputStream {
  private final BlobCipher.Opened blob;
  private final InputStream sealed;
  private final BlobCipher.Chunks chunks;
  private byte[] current = new byte[EncryptedBlob.SEALED_CHUNK_BYTES];
  private byte[] next = new byte[EncryptedBlob.SEALED_CHUNK_BYTES];
  private final byte[] plain = new byte[EncryptedBlob.SEALED_CHUNK_BYTES];
  private int position;
  private int limit;
  private int currentSize = -1;
  private long chunk;
  private boolean ended;

  /**
   * @param sealed the blob from that chunk on
   */
  DecryptingStream(BlobCipher.Opened blob, InputStream sealed, long firstChunk) {
    this.blob = blob;
    this.sealed = sealed;
    this.chunks = new BlobCipher.Chunks(Cipher.DECRYPT_MODE, blob.key());
    this.chunk = firstChunk;
  }

  /** Decrypts the first chunk in any case, and goes so far or to the end. */
  void skipUpTo(long bytes) throws IOException {
    long left = bytes;
    while (isReady() && left > 0) {
      int size = (int) Math.min(left, limit - position);
      position += size;
      left -= size;
    }
  }

  @Override
  public int read() throws IOException {
    return isReady() ? plain[position++] & 0xff : -1;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    if (!isReady()) {
      return -1;
    }
    int size = Math.min(length, limit - position);
    System.arraycopy(plain, position, target, offset, size);
    position += size;
    return size;
  }

  private boolean isReady() throws IOException {
    while (position == limit) {
      if (ended) {
        return false;
      }
      decryptNext();
    }
    return true;
  }

  private void decryptNext() throws IOException {
    if (currentSize < 0) {
      currentSize = sealed.readNBytes(current, 0, current.length);
    }
    int nextSize = currentSize < current.length ? 0 : sealed.readNBytes(next, 0, next.length);
    ended = nextSize == 0;
    if (currentSize < EncryptedBlob.TAG_BYTES) {
      throw BlobCipher.tampered(blob.blob(), "it is cut off in chunk " + chunk, null);
    }
    try {
      limit = chunks.apply(chunk, ended, current, currentSize, plain);
    } catch (AEADBadTagException e) {
      throw BlobCipher.tampered(
          blob.blob(), "chunk " + chunk + " was changed, or the blob is cut off behind it", e);
    }
    chunk++;
    position = 0;
    byte[] done = current;
    current = next;
    next = done;
    currentSize = nextSize;
  }

  @Override
  public void close() throws IOException {
    sealed.close();
  }
}
