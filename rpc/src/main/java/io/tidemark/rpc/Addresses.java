package io.tidemark.rpc;

import java.util.Map;

/** Tells where the containers of a job answer. Any thread may call it. */
interface Addresses {

  /** The addresses, as {@code host:port}, of containers that run now, by their numbers. */
  Map<Integer, String> containers();
}
