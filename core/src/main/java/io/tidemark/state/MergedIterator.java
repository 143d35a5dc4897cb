package io.tidemark.state;

import io.tidemark.state.EngineReader.Direction;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** Entries of several slots in the order of their keys without the slots. One thread. */
final class MergedIterator implements EngineIterator {
  private final List<EngineIterator> all;
  private final PriorityQueue<Head> heads;

  /** Where an iterator stands. */
  private record Head(byte[] key, EngineIterator iterator) {}

  /**
   * @param iterators one for each slot, which are closed with this
   * @param direction theirs
   */
  MergedIterator(List<EngineIterator> iterators, Direction direction) {
    all = new ArrayList<>(iterators);
    Comparator<byte[]> order =
        direction == Direction.FORWARD ? KeyOrder.WITHIN_SLOTS : KeyOrder.WITHIN_SLOTS.reversed();
    heads = new PriorityQueue<>(Comparator.comparing(Head::key, order));
    all.forEach(this::add);
  }

  private void add(EngineIterator iterator) {
    if (iterator.valid()) {
      heads.add(new Head(iterator.key(), iterator));
    }
  }

  private Head head() {
    Head head = heads.peek();
    if (head == null) {
      throw new IllegalStateException("the iterator stands on no entry");
    }
    return head;
  }

  @Override
  public boolean valid() {
    return !heads.isEmpty();
  }

  @Override
  public void next() {
    EngineIterator iterator = head().iterator;
    heads.remove();
    iterator.next();
    add(iterator);
  }

  @Override
  public byte[] key() {
    return head().key;
  }

  @Override
  public byte[] value() {
    return head().iterator.value();
  }

  @Override
  public void close() {
    heads.clear();
    all.forEach(EngineIterator::close);
    all.clear();
  }
}
