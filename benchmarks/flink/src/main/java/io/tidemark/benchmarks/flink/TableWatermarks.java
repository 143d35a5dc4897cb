package io.tidemark.benchmarks.flink;

import io.tidemark.benchmarks.contender.Message;
import java.time.Duration;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.eventtime.WatermarkGenerator;
import org.apache.flink.api.common.eventtime.WatermarkOutput;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.java.tuple.Tuple2;

/**
 * Says once, before the first record of a source's input, that its part of the table is read. A
 * source without input is idle after a moment, and then waited for no longer.
 */
final class TableWatermarks implements WatermarkGenerator<Tuple2<Long, byte[]>> {
  static final long TABLE_READ = 0;
  private static final Duration IDLE = Duration.ofMillis(500);

  private boolean said;

  static WatermarkStrategy<Tuple2<Long, byte[]>> strategy() {
    return WatermarkStrategy.<Tuple2<Long, byte[]>>forGenerator(context -> new TableWatermarks())
        .withIdleness(IDLE);
  }

  @Override
  public void onEvent(Tuple2<Long, byte[]> record, long timestamp, WatermarkOutput output) {
    if (!said && record.f1.length != Message.BYTES) {
      output.emitWatermark(new Watermark(TABLE_READ));
      said = true;
    }
  }

  @Override
  public void onPeriodicEmit(WatermarkOutput output) {
    // Nothing is said but once.
  }
}
