package io.tidemark.cli.state;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.parquet.format.ColumnChunk;
import org.apache.parquet.format.ColumnMetaData;
import org.apache.parquet.format.CompressionCodec;
import org.apache.parquet.format.ConvertedType;
import org.apache.parquet.format.DataPageHeader;
import org.apache.parquet.format.Encoding;
import org.apache.parquet.format.FieldRepetitionType;
import org.apache.parquet.format.FileMetaData;
import org.apache.parquet.format.LogicalType;
import org.apache.parquet.format.MilliSeconds;
import org.apache.parquet.format.PageHeader;
import org.apache.parquet.format.PageType;
import org.apache.parquet.format.RowGroup;
import org.apache.parquet.format.SchemaElement;
import org.apache.parquet.format.StringType;
import org.apache.parquet.format.TimeUnit;
import org.apache.parquet.format.TimestampType;
import org.apache.parquet.format.Type;
import org.apache.parquet.format.Util;
import org.jspecify.annotations.Nullable;

/**
 * Writes a flat table as a Parquet file: row groups of one page per column, values plain and packed
 * with gzip. The structures of the format are its project's own; the pages are simple enough to
 * write here, which spares some fifty jars.
 *
 * <p>A page is: for a column that may be null, the definition levels as {@code length:i32} and
 * run-length runs; then the values that are there, little-endian. Confined to one thread.
 */
final class ParquetFile {
  private static final byte[] MAGIC = "PAR1".getBytes(StandardCharsets.US_ASCII);
  private static final int GROUP_ROWS = 100_000;
  private static final int GROUP_BYTES = 16 << 20;

  private final OutputStream out;
  private final List<Chunk> chunks;
  private final List<RowGroup> groups = new ArrayList<>();
  private long position;
  private long rows;
  private int groupRows;

  /**
   * A column.
   *
   * @param time whether its longs are milliseconds since 1970
   * @param optional whether it may be null
   */
  record Column(String name, ColumnType type, boolean time, boolean optional) {
    static Column of(String name, ColumnType type) {
      return new Column(name, type, false, false);
    }

    Type physicalType() {
      return switch (type) {
        case INT -> Type.INT32;
        case LONG -> Type.INT64;
        case DOUBLE -> Type.DOUBLE;
        case BYTES, TEXT -> Type.BYTE_ARRAY;
      };
    }

    SchemaElement schema() {
      SchemaElement element = new SchemaElement(name);
      element.setType(physicalType());
      element.setRepetition_type(
          optional ? FieldRepetitionType.OPTIONAL : FieldRepetitionType.REQUIRED);
      if (type == ColumnType.TEXT) {
        element.setLogicalType(LogicalType.STRING(new StringType()));
        element.setConverted_type(ConvertedType.UTF8); // for older readers, as below
      } else if (time) {
        TimeUnit unit = TimeUnit.MILLIS(new MilliSeconds());
        element.setLogicalType(LogicalType.TIMESTAMP(new TimestampType(true, unit)));
        element.setConverted_type(ConvertedType.TIMESTAMP_MILLIS);
      }
      return element;
    }
  }

  /** What a row group has of a column so far. */
  private static final class Chunk {
    final Column column;
    final Bytes values = new Bytes();
    final Bytes levels = new Bytes();
    int count;
    boolean lastPresent;
    int run;

    Chunk(Column column) {
      this.column = column;
    }

    void add(@Nullable Object value) {
      count++;
      if (column.optional) {
        level(value != null);
      }
      if (value instanceof Integer number) {
        values.putInt(number);
      } else if (value instanceof Long number) {
        values.putLong(number);
      } else if (value instanceof Double number) {
        values.putLong(Double.doubleToRawLongBits(number));
      } else if (value instanceof byte[] bytes) {
        values.putInt(bytes.length);
        values.writeBytes(bytes);
      } else if (value != null) {
        byte[] bytes = value.toString().getBytes(StandardCharsets.UTF_8);
        values.putInt(bytes.length);
        values.writeBytes(bytes);
      }
    }

    private void level(boolean present) {
      if (run > 0 && present != lastPresent) {
        endRun();
      }
      lastPresent = present;
      run++;
    }

    private void endRun() {
      int header = run << 1;
      while ((header & ~0x7f) != 0) {
        levels.write(header & 0x7f | 0x80);
        header >>>= 7;
      }
      levels.write(header);
      levels.write(lastPresent ? 1 : 0);
      run = 0;
    }

    byte[] page() {
      Bytes page = new Bytes();
      if (column.optional) {
        endRun();
        page.putInt(levels.size());
        page.writeBytes(levels.toByteArray());
      }
      page.writeBytes(values.toByteArray());
      return page.toByteArray();
    }

    void clear() {
      values.reset();
      levels.reset();
      count = 0;
    }
  }

  private static final class Bytes extends ByteArrayOutputStream {
    void putInt(int value) {
      writeBytes(ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(value).array());
    }

    void putLong(long value) {
      writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    }
  }

  ParquetFile(OutputStream out, List<Column> columns) throws IOException {
    this.out = out;
    this.chunks = columns.stream().map(Chunk::new).toList();
    write(MAGIC);
  }

  private void write(byte[] bytes) throws IOException {
    out.write(bytes);
    position += bytes.length;
  }

  /** Adds a row, with a value for each column: of its type, or null. */
  void add(List<? extends @Nullable Object> row) throws IOException {
    long bytes = 0;
    for (int i = 0; i < chunks.size(); i++) {
      chunks.get(i).add(row.get(i));
      bytes += chunks.get(i).values.size();
    }
    groupRows++;
    if (groupRows == GROUP_ROWS || bytes >= GROUP_BYTES) {
      endGroup();
    }
  }

  private void endGroup() throws IOException {
    long begin = position;
    List<ColumnChunk> written = new ArrayList<>();
    long bytes = 0;
    for (Chunk chunk : chunks) {
      ColumnMetaData column = write(chunk);
      written.add(new ColumnChunk(column.getData_page_offset()).setMeta_data(column));
      bytes += column.getTotal_uncompressed_size();
      chunk.clear();
    }
    RowGroup group = new RowGroup(written, bytes, groupRows);
    group.setFile_offset(begin);
    group.setTotal_compressed_size(position - begin);
    groups.add(group);
    rows += groupRows;
    groupRows = 0;
  }

  private ColumnMetaData write(Chunk chunk) throws IOException {
    byte[] page = chunk.page();
    byte[] packed = gzip(page);
    PageHeader header = new PageHeader(PageType.DATA_PAGE, page.length, packed.length);
    header.setData_page_header(
        new DataPageHeader(chunk.count, Encoding.PLAIN, Encoding.RLE, Encoding.RLE));
    Bytes headerBytes = new Bytes();
    Util.writePageHeader(header, headerBytes);
    long begin = position;
    write(headerBytes.toByteArray());
    write(packed);
    return new ColumnMetaData(
        chunk.column.physicalType(),
        List.of(Encoding.PLAIN, Encoding.RLE),
        List.of(chunk.column.name),
        CompressionCodec.GZIP,
        chunk.count,
        headerBytes.size() + (long) page.length,
        position - begin,
        begin);
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    }
    return packed.toByteArray();
  }

  /** Writes what is left and the footer; the stream stays open. */
  void finish() throws IOException {
    if (groupRows > 0) {
      endGroup();
    }
    List<SchemaElement> schema = new ArrayList<>();
    schema.add(new SchemaElement("entry").setNum_children(chunks.size()));
    chunks.forEach(chunk -> schema.add(chunk.column.schema()));
    FileMetaData footer = new FileMetaData(1, schema, rows, groups);
    footer.setCreated_by("tidemark");
    Bytes bytes = new Bytes();
    Util.writeFileMetaData(footer, bytes);
    write(bytes.toByteArray());
    Bytes length = new Bytes();
    length.putInt(bytes.size());
    write(length.toByteArray());
    write(MAGIC);
  }
}
