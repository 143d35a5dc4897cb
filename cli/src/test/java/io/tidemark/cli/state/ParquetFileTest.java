package io.tidemark.cli.state;

import static org.assertj.core.api.Assertions.assertThat;

import io.tidemark.cli.state.ParquetFile.Column;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files as another reader, DuckDB, finds them. */
@Timeout(60)
class ParquetFileTest {
  private static final List<Column> COLUMNS =
      List.of(
          Column.of("number", ColumnType.LONG),
          new Column("small", ColumnType.INT, false, true),
          Column.of("fraction", ColumnType.DOUBLE),
          Column.of("bytes", ColumnType.BYTES),
          Column.of("text", ColumnType.TEXT),
          new Column("time", ColumnType.LONG, true, true));

  @TempDir private Path folder;

  private Path write(int rows, long seed) throws Exception {
    Path target = folder.resolve("rows.parquet");
    Random random = new Random(seed);
    try (OutputStream out = Files.newOutputStream(target)) {
      ParquetFile file = new ParquetFile(out, COLUMNS);
      for (long i = 0; i < rows; i++) {
        byte[] bytes = new byte[random.nextInt(5)];
        random.nextBytes(bytes);
        Integer small = random.nextInt(3) == 0 ? null : (int) -i;
        Long time = random.nextInt(50) == 0 ? 1_000 * i : null;
        file.add(Arrays.asList(i, small, i / 4.0, bytes, "row " + i + " \u00e9\ud83d\ude00", time));
      }
      file.finish();
    }
    return target;
  }

  private static void read(String query, Reading reading) throws Exception {
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      reading.read(rows);
    }
  }

  private interface Reading {
    void read(ResultSet rows) throws Exception;
  }

  @Test
  void rows_of_several_groups_are_found_as_they_were_written() throws Exception {
    int rows = 250_000;
    long seed = 3;
    Path file = write(rows, seed);
    Random random = new Random(seed);
    read(
        "SELECT number, small, fraction, bytes, text, epoch_ms(time) FROM '" + file + "'",
        found -> {
          for (long i = 0; i < rows; i++) {
            assertThat(found.next()).isTrue();
            byte[] bytes = new byte[random.nextInt(5)];
            random.nextBytes(bytes);
            Integer small = random.nextInt(3) == 0 ? null : (int) -i;
            Long time = random.nextInt(50) == 0 ? 1_000 * i : null;
            boolean same =
                found.getLong(1) == i
                    && (small == null
                        ? found.getObject(2) == null
                        : found.getObject(2).equals(small))
                    && found.getDouble(3) == i / 4.0
                    && Arrays.equals(found.getBytes(4), bytes)
                    && found.getString(5).equals("row " + i + " \u00e9\ud83d\ude00")
                    && (time == null ? found.getObject(6) == null : found.getLong(6) == time);
            assertThat(same).as("row %d, seed %d", i, seed).isTrue();
          }
          assertThat(found.next()).isFalse();
        });
  }

  @Test
  void a_file_without_rows_has_its_columns() throws Exception {
    Path file = write(0, 1);

    read(
        "SELECT * FROM '" + file + "'",
        found -> {
          assertThat(found.getMetaData().getColumnCount()).isEqualTo(6);
          assertThat(found.next()).isFalse();
        });
  }
}
