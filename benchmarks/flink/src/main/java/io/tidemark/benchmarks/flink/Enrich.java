package io.tidemark.benchmarks.flink;

import io.tidemark.benchmarks.contender.Message;
import java.nio.ByteBuffer;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ListState;
import org.apache.flink.api.common.state.ListStateDescriptor;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/**
 * Looks the input up in the table, whose records are whole messages, while the input's are numbers.
 * A source sends nothing of the input before all sources have read the table; but what another one
 * sent may still be on its way here, so a record waits until the watermark says that it is not.
 */
final class Enrich extends KeyedProcessFunction<Long, Tuple2<Long, byte[]>, Tuple2<Long, byte[]>> {
  private static final long serialVersionUID = 1;
  private static final long NOT_IN_TABLE = -1;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<byte[]> table;

  @SuppressWarnings("NullAway.Init")
  private transient ListState<Long> waiting;

  @Override
  public void open(OpenContext opened) {
    table = getRuntimeContext().getState(new ValueStateDescriptor<>("table", Job.BYTES));
    waiting = getRuntimeContext().getListState(new ListStateDescriptor<>("waiting", Types.LONG));
  }

  @Override
  public void processElement(
      Tuple2<Long, byte[]> record, Context context, Collector<Tuple2<Long, byte[]>> out)
      throws Exception {
    if (record.f1.length == Message.BYTES) {
      table.update(record.f1);
    } else if (context.timerService().currentWatermark() >= TableWatermarks.TABLE_READ) {
      out.collect(enriched(record.f0, Message.number(record.f1)));
    } else {
      waiting.add(Message.number(record.f1));
      context.timerService().registerEventTimeTimer(TableWatermarks.TABLE_READ);
    }
  }

  @Override
  public void onTimer(long time, OnTimerContext context, Collector<Tuple2<Long, byte[]>> out)
      throws Exception {
    for (long number : waiting.get()) {
      out.collect(enriched(context.getCurrentKey(), number));
    }
    waiting.clear();
  }

  private Tuple2<Long, byte[]> enriched(long key, long number) throws Exception {
    byte[] found = table.value();
    long there = found == null ? NOT_IN_TABLE : Message.number(found);
    return Tuple2.of(
        key, ByteBuffer.allocate(2 * Long.BYTES).putLong(number).putLong(there).array());
  }
}
