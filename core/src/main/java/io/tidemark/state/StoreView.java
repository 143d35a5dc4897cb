package io.tidemark.state;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** What a scan of a store reads: an engine, and over it the entries that are ahead of it. */
interface StoreView<K> {

  EngineReader engine();

  /**
   * The entries ahead of the engine in a range, which stay as they are now.
   *
   * @param from an engine key, whose slot is ignored
   * @param to an engine key, whose slot is ignored; null for no end
   */
  Collection<StoreIterator.Ahead<K>> ahead(
      byte[] from, byte @Nullable [] to, EngineReader.Direction direction);
}
