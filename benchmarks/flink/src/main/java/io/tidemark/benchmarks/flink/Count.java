package io.tidemark.benchmarks.flink;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.state.ValueState;
import org.apache.flink.api.common.state.ValueStateDescriptor;
import org.apache.flink.api.common.typeinfo.Types;
import org.apache.flink.api.java.tuple.Tuple2;
import org.apache.flink.streaming.api.functions.KeyedProcessFunction;
import org.apache.flink.util.Collector;

/** Counts the records of each key, in as many states as it is told. */
final class Count extends KeyedProcessFunction<Long, Tuple2<Long, byte[]>, Tuple2<Long, byte[]>> {
  private static final long serialVersionUID = 1;

  private final int states;
  private transient List<ValueState<Long>> counts = List.of();

  Count(int states) {
    this.states = states;
  }

  @Override
  public void open(OpenContext opened) {
    counts = new ArrayList<>(states);
    for (int i = 0; i < states; i++) {
      counts.add(
          getRuntimeContext().getState(new ValueStateDescriptor<>("count-" + i, Types.LONG)));
    }
  }

  @Override
  public void processElement(
      Tuple2<Long, byte[]> record, Context context, Collector<Tuple2<Long, byte[]>> out)
      throws Exception {
    ValueState<Long> state = counts.get((int) Long.remainderUnsigned(record.f0, states));
    Long before = state.value();
    long count = before == null ? 1 : before + 1;
    state.update(count);
    out.collect(Tuple2.of(record.f0, Answers.bytes(count)));
  }
}
