package io.tidemark.benchmarks.flink;

import io.tidemark.benchmarks.contender.Message;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Keeps the last message of each key, numbered with how many there were. */
final class ReadModifyWrite
    extends KeyedProcessFunction<Long, Tuple2<Long, byte[]>, Tuple2<Long, byte[]>> {
  private static final long serialVersionUID = 1;

  @SuppressWarnings("NullAway.Init")
  private transient ValueState<byte[]> messages;

  @Override
  public void open(OpenContext opened) {
    messages = getRuntimeContext().getState(new ValueStateDescriptor<>("messages", Job.BYTES));
  }

  @Override
  public void processElement(
      Tuple2<Long, byte[]> record, Context context, Collector<Tuple2<Long, byte[]>> out)
      throws Exception {
    byte[] before = messages.value();
    long count = before == null ? 1 : Message.number(before) + 1;
    messages.update(Message.withNumber(record.f1, count));
    out.collect(Tuple2.of(record.f0, Answers.bytes(count)));
  }
}
