package io.tidemark.journal;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32C;
import net.jpountz.lz4.LZ4Compressor;
import net.jpountz.lz4.LZ4Factory;

/**
 * Turns a block's body into journal records: compresses it, splits it, and puts a header with a
 * checksum before each part. Confined to one thread.
 *
 * <pre>
 *   0  u8   magic 0x54            20  i32  part, from 0
 *   1  u8   version 1             24  i32  parts
 *   2  u8   compression           28  i32  length of the whole body
 *   3  u8   0                     32  i32  length of the whole body as stored
 *   4  i64  number                36  i32  CRC-32C of bytes 0 to 35 and of the part
 *  12  i64  generation            40  the part
 * </pre>
 */
public final class BlockEncoder {
  static final byte MAGIC = 0x54;
  static final byte VERSION = 1;
  static final byte UNCOMPRESSED = 0;
  static final byte LZ4 = 1;
  static final int HEADER_BYTES = 40;
  static final int CHECKSUM_OFFSET = 36;
  private static final int WORTH_COMPRESSING = 512;
  private static final int KEPT = 1 << 20;

  private final int maxRecordBytes;
  private final LZ4Compressor compressor = LZ4Factory.fastestInstance().fastCompressor();
  private byte[] compressed = new byte[0];

  /**
   * @param maxRecordBytes the greatest length of a record
   */
  public BlockEncoder(int maxRecordBytes) {
    if (maxRecordBytes <= HEADER_BYTES) {
      throw new IllegalArgumentException("a record of " + maxRecordBytes + " bytes holds no part");
    }
    this.maxRecordBytes = maxRecordBytes;
  }

  List<byte[]> encode(long number, long generation, byte[] body) {
    byte compression = UNCOMPRESSED;
    byte[] stored = body;
    int storedLength = body.length;
    if (body.length >= WORTH_COMPRESSING) {
      byte[] room = roomFor(compressor.maxCompressedLength(body.length));
      int compressedLength = compressor.compress(body, room);
      if (compressedLength < body.length) {
        compression = LZ4;
        stored = room;
        storedLength = compressedLength;
      }
    }
    int partBytes = maxRecordBytes - HEADER_BYTES;
    int parts = Math.max(1, (storedLength + partBytes - 1) / partBytes);
    List<byte[]> records = new ArrayList<>(parts);
    for (int part = 0; part < parts; part++) {
      int from = part * partBytes;
      int length = Math.min(partBytes, storedLength - from);
      ByteBuffer record = ByteBuffer.allocate(HEADER_BYTES + length);
      record.put(MAGIC).put(VERSION).put(compression).put((byte) 0);
      record.putLong(number).putLong(generation).putInt(part).putInt(parts);
      record.putInt(body.length).putInt(storedLength);
      record.putInt(0).put(stored, from, length);
      record.putInt(CHECKSUM_OFFSET, checksum(record.array()));
      records.add(record.array());
    }
    return records;
  }

  /** Memory that is used again for the next block; a rare large one does not keep its own. */
  private byte[] roomFor(int length) {
    if (compressed.length < length
        || (compressed.length > KEPT && length < compressed.length / 4)) {
      compressed = new byte[length];
    }
    return compressed;
  }

  static int checksum(byte[] record) {
    CRC32C crc = new CRC32C();
    crc.update(record, 0, CHECKSUM_OFFSET);
    crc.update(record, HEADER_BYTES, record.length - HEADER_BYTES);
    return (int) crc.getValue();
  }
}
