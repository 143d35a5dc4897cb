package io.tidemark.examples.migration;

/** What a customer has spent, and in how many orders. */
public record Account(long total, long orders) {
  Account with(long amount) {
    return new Account(total + amount, orders + 1);
  }
}
