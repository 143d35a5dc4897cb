package io.tidemark.checkpoint;

import io.tidemark.checkpoint.KeyProvider.MasterKey;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Makes the headers of encrypted blobs, and finds the key that a header tells of ({@link
 * EncryptedBlob}). Any thread may call it.
 */
final class BlobCipher {
  private static final String FINGERPRINTED = "tidemark master key ";

  private final KeyProvider keys;
  private final String where;
  private final SecureRandom random = new SecureRandom();

  /**
   * @param keys the master keys
   * @param where the store, for messages
   */
  BlobCipher(KeyProvider keys, String where) {
    this.keys = keys;
    this.where = where;
  }

  /**
   * A blob that is about to be written.
   *
   * @param header its header
   * @param key its key, which is used for this once
   */
  record Begun(byte[] header, SecretKey key) {}

  /**
   * A blob that is about to be read.
   *
   * @param blob its name and where it is, for messages
   * @param key its key
   */
  record Opened(String blob, SecretKey key) {}

  Begun begin(String name) {
    MasterKey master = keys.active();
    byte[] id = master.id().getBytes(StandardCharsets.US_ASCII);
    if (id.length == 0 || id.length > EncryptedBlob.MAX_ID_BYTES) {
      throw new IllegalArgumentException("the id of a master key is too long: " + master.id());
    }
    byte[] nonce = random(EncryptedBlob.NONCE_BYTES);
    byte[] key = random(EncryptedBlob.KEY_BYTES);
    ByteBuffer header = ByteBuffer.allocate(EncryptedBlob.HEADER_BYTES);
    header.put(EncryptedBlob.MAGIC).put(EncryptedBlob.VERSION).put((byte) id.length).put(id);
    header.position(EncryptedBlob.FINGERPRINT_START);
    header.put(fingerprint(master)).put(nonce);
    try {
      Cipher cipher = keyCipher(Cipher.ENCRYPT_MODE, master, nonce, header.array(), name);
      header.put(cipher.doFinal(key));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
    return new Begun(header.array(), new SecretKeySpec(key, "AES"));
  }

  /** Reads the header. */
  Opened open(String name, InputStream in) throws IOException {
    String blob = "the blob " + name + " in " + where;
    byte[] header = in.readNBytes(EncryptedBlob.HEADER_BYTES);
    check(blob, header);
    MasterKey master = master(blob, header);
    byte[] nonce = Arrays.copyOfRange(header, EncryptedBlob.NONCE_START, EncryptedBlob.KEY_START);
    try {
      Cipher cipher = keyCipher(Cipher.DECRYPT_MODE, master, nonce, header, name);
      byte[] key =
          cipher.doFinal(
              header, EncryptedBlob.KEY_START, EncryptedBlob.KEY_BYTES + EncryptedBlob.TAG_BYTES);
      return new Opened(blob, new SecretKeySpec(key, "AES"));
    } catch (AEADBadTagException e) {
      throw tampered(blob, "its header was changed, or it is another blob under this name", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void check(String blob, byte[] header) {
    if (header.length < EncryptedBlob.HEADER_BYTES) {
      throw tampered(blob, "it is cut off in its header, or was never encrypted", null);
    }
    if (!Arrays.equals(header, 0, 4, EncryptedBlob.MAGIC, 0, 4)) {
      throw tampered(
          blob,
          "it does not begin as encrypted blobs do. If it was written before encryption was turned"
              + " on, give the encrypted checkpoints a place of their own",
          null);
    }
    if (header[4] != EncryptedBlob.VERSION) {
      throw tampered(
          blob, "it is of format " + header[4] + ", and this version of Tidemark reads 1", null);
    }
    for (int i = EncryptedBlob.KEY_START + EncryptedBlob.KEY_BYTES + EncryptedBlob.TAG_BYTES;
        i < EncryptedBlob.HEADER_BYTES;
        i++) {
      if (header[i] != 0) {
        throw tampered(blob, "its header was changed", null);
      }
    }
  }

  private MasterKey master(String blob, byte[] header) {
    int length = Math.max(0, Math.min(header[EncryptedBlob.ID_START], EncryptedBlob.MAX_ID_BYTES));
    String id =
        new String(header, EncryptedBlob.ID_START + 1, length, StandardCharsets.US_ASCII)
            .replaceAll("[^A-Za-z0-9._-]", "?");
    MasterKey master = keys.find(id);
    if (master == null) {
      throw new BlobStoreException(
          BlobStoreException.KEY_MISSING,
          blob
              + " is encrypted with the master key "
              + id
              + ", which is not among "
              + keys
              + "; add it again. Keys stay for as long as blobs of theirs are needed");
    }
    byte[] fingerprint = fingerprint(master);
    if (!Arrays.equals(
        fingerprint,
        0,
        fingerprint.length,
        header,
        EncryptedBlob.FINGERPRINT_START,
        EncryptedBlob.NONCE_START)) {
      throw new BlobStoreException(
          BlobStoreException.KEY_WRONG,
          blob
              + " is encrypted with another master key than the one that is called "
              + id
              + " among "
              + keys
              + "; an id stands for one key for ever");
    }
    return master;
  }

  static BlobStoreException tampered(String blob, String why, @Nullable Throwable cause) {
    return new BlobStoreException(
        BlobStoreException.TAMPERED, blob + " is not as it was written: " + why, cause);
  }

  private static Cipher keyCipher(
      int mode, MasterKey master, byte[] nonce, byte[] header, String name)
      throws GeneralSecurityException {
    Cipher cipher = cipher(mode, new SecretKeySpec(master.bytes(), "AES"), nonce);
    cipher.updateAAD(header, 0, EncryptedBlob.KEY_START);
    cipher.updateAAD(name.getBytes(StandardCharsets.US_ASCII));
    return cipher;
  }

  private static Cipher cipher(int mode, SecretKey key, byte[] nonce)
      throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(EncryptedBlob.TAG_BYTES * 8, nonce));
    return cipher;
  }

  /** A cipher that is made ready for one chunk after the other. */
  static final class Chunks {
    private final int mode;
    private final SecretKey key;
    private final Cipher cipher;

    Chunks(int mode, SecretKey key) {
      this.mode = mode;
      this.key = key;
      try {
        this.cipher = Cipher.getInstance("AES/GCM/NoPadding");
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }

    /** Encrypts or decrypts a chunk; returns the size of what it becomes. */
    int apply(long chunk, boolean last, byte[] in, int size, byte[] out)
        throws AEADBadTagException {
      ByteBuffer nonce = ByteBuffer.allocate(EncryptedBlob.NONCE_BYTES);
      nonce.putInt(last ? 1 : 0).putLong(chunk);
      try {
        cipher.init(mode, key, new GCMParameterSpec(EncryptedBlob.TAG_BYTES * 8, nonce.array()));
        return cipher.doFinal(in, 0, size, out, 0);
      } catch (AEADBadTagException e) {
        throw e;
      } catch (GeneralSecurityException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private byte[] random(int size) {
    byte[] bytes = new byte[size];
    random.nextBytes(bytes);
    return bytes;
  }

  private static byte[] fingerprint(MasterKey master) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(FINGERPRINTED.getBytes(StandardCharsets.US_ASCII));
      digest.update(master.bytes());
      return Arrays.copyOf(digest.digest(), EncryptedBlob.FINGERPRINT_BYTES);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
