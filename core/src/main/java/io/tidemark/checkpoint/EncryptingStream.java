package io.tidemark.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;

/** The encrypted form of a stream, header first. Confined to one thread. */
final class EncryptingStream extends InputStream {
  private final InputStream plain;
  private final BlobCipher.Chunks chunks;
  private byte[] current = new byte[EncryptedBlob.CHUNK_BYTES];
  private byte[] next = new byte[EncryptedBlob.CHUNK_BYTES];
  private final byte[] sealed = new byte[EncryptedBlob.SEALED_CHUNK_BYTES];
  private byte[] ready;
  private int position;
  private int limit;
  private int currentSize = -1;
  private long chunk;
  private boolean ended;

  EncryptingStream(BlobCipher.Begun blob, InputStream plain) {
    this.plain = plain;
    this.chunks = new BlobCipher.Chunks(Cipher.ENCRYPT_MODE, blob.key());
    this.ready = blob.header();
    this.limit = ready.length;
  }

  @Override
  public int read() throws IOException {
    return isReady() ? ready[position++] & 0xff : -1;
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
    System.arraycopy(ready, position, target, offset, size);
    position += size;
    return size;
  }

  /** Whether there is something; the last chunk is known as such when nothing follows it. */
  private boolean isReady() throws IOException {
    if (position < limit) {
      return true;
    }
    if (ended) {
      return false;
    }
    if (currentSize < 0) {
      currentSize = plain.readNBytes(current, 0, current.length);
    }
    int nextSize = currentSize < current.length ? 0 : plain.readNBytes(next, 0, next.length);
    ended = nextSize == 0;
    try {
      limit = chunks.apply(chunk++, ended, current, currentSize, sealed);
    } catch (AEADBadTagException e) {
      throw new IllegalStateException("encrypting checks no tags", e);
    }
    ready = sealed;
    position = 0;
    byte[] done = current;
    current = next;
    next = done;
    currentSize = nextSize;
    return true;
  }

  @Override
  public void close() throws IOException {
    plain.close();
  }
}
