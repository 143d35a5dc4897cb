package io.tidemark.examples.stocks;

import io.tidemark.api.Context;
import io.tidemark.api.IncomingMessageEnvelope;
import io.tidemark.api.InitableTask;
import io.tidemark.api.KeyValueIterator;
import io.tidemark.api.KeyValueStore;
import io.tidemark.api.MessageCollector;
import io.tidemark.api.OutgoingMessageEnvelope;
import io.tidemark.api.StreamTask;
import io.tidemark.api.SystemStream;
import io.tidemark.api.TaskCoordinator;
import io.tidemark.api.Tuple;

/**
 * Tells with each price of a symbol the day's lowest and highest, the average of the latest days
 * and the change since the day before. Inputs: lines of prices of stocks and of an index, keyed by
 * symbol.
 *
 * <ul>
 *   <li>Store {@code days}: the prices of a symbol on a day, by {@code (symbol, day)}. Its keys are
 *       in order, so that the days of a symbol stand beside one another, the latest last.
 *   <li>Store {@code latest}: the latest quote of each symbol, for others to look up.
 *   <li>Output {@code quotes}, keyed by symbol: one for each line.
 * </ul>
 *
 * <p>A malformed line fails before anything is changed; the policy of its input decides what
 * follows.
 */
public final class StockPricesTask implements StreamTask, InitableTask {
  private static final SystemStream QUOTES = new SystemStream("kafka", "quotes");

  private KeyValueStore<Tuple, Day> days;
  private KeyValueStore<String, Quote> latest;
  private int averagedDays;

  @Override
  public void init(Context context) {
    days = context.getTaskContext().getStore("days");
    latest = context.getTaskContext().getStore("latest");
    averagedDays = context.getJobContext().getConfig().getInt("app.averaged.days", 20);
  }

  @Override
  public void process(
      IncomingMessageEnvelope envelope, MessageCollector collector, TaskCoordinator coordinator) {
    String symbol = (String) envelope.getKey();
    String line = (String) envelope.getMessage();
    Tick tick =
        envelope.getSystemStreamPartition().getStream().equals("stocks")
            ? Tick.ofStock(symbol, line)
            : Tick.ofIndex(symbol, line);
    Day day = days.merge(Tuple.of(symbol, dayOf(tick)), tick.prices(), Day::with);
    Quote quote = quote(tick, day);
    latest.merge(symbol, quote, Quote::orLater);
    collector.send(new OutgoingMessageEnvelope(QUOTES, symbol, quote));
  }

  private static int dayOf(Tick tick) {
    return Math.toIntExact(tick.date().toEpochDay());
  }

  private Quote quote(Tick tick, Day day) {
    double sum = 0;
    int count = 0;
    Double change = null;
    Tuple beginning = Tuple.of(tick.symbol(), Integer.MIN_VALUE);
    Tuple tomorrow = Tuple.of(tick.symbol(), dayOf(tick) + 1);
    try (KeyValueIterator<Tuple, Day> back = days.reverseRange(beginning, tomorrow)) {
      while (back.hasNext() && count < averagedDays) {
        double last = back.next().value().last();
        if (count == 1) {
          change = 100 * (day.last() - last) / last;
        }
        sum += last;
        count++;
      }
    }
    return new Quote(
        tick.symbol(),
        tick.date().toString(),
        day.last(),
        day.low(),
        day.high(),
        sum / count,
        change);
  }
}
