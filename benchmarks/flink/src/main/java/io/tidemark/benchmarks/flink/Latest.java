package io.tidemark.benchmarks.flink;

import io.tidemark.benchmarks.contender.Message;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Keeps the last message of each key, without a look at the one before. */
final class Latest extends KeyedProcessFunction<Long, Tuple2<Long, byte[]>, Tuple2<Long, byte[]>> {
  private static final long serialVersionUID = 1;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<byte[]> latest;

  @Override
  public void open(OpenContext opened) {
    latest = getRuntimeContext().getState(new ValueStateDescriptor<>("latest", Job.BYTES));
  }

  @Override
  public void processElement(
      Tuple2<Long, byte[]> record, Context context, Collector<Tuple2<Long, byte[]>> out)
      throws Exception {
    latest.update(record.f1);
    out.collect(Tuple2.of(record.f0, Answers.bytes(Message.number(record.f1))));
  }
}
