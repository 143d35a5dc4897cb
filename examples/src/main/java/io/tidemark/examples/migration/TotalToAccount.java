package io.tidemark.examples.migration;

import io.tidemark.api.LongSerde;
import io.tidemark.api.Serde;
import io.tidemark.api.ValueMigration;

/** In the first version a customer's value was the total alone. */
public final class TotalToAccount implements ValueMigration<String, Long, Account> {
  @Override
  public Serde<Long> from() {
    return new LongSerde();
  }

  @Override
  public Account migrate(String customer, Long total) {
    return new Account(total, 1); // nobody counted; there was one order at least
  }
}
