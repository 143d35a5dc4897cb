package io.tidemark.checkpoint;

import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A blob store over a bad network: requests are refused, throttled, or lose their responses; writes
 * break off; lists are late. What goes wrong is decided by a {@link Script}. Any thread may call it
 * if the script can be.
 *
 * <p>A process has one of its own over the store that all share; {@link #die} ends that process's
 * access, as its death would.
 */
public final class FaultyBlobStore implements BlobStore {
  private final BlobStore store;
  private final Script script;
  private final List<Recent> recent = new ArrayList<>();
  private LongSupplier clock = () -> 0;
  private long listingLagMs;
  private Random listingChance = new Random(0);
  private volatile boolean dead;

  /**
   * @param store what has the blobs
   * @param script what goes wrong
   */
  public FaultyBlobStore(BlobStore store, Script script) {
    this.store = store;
    this.script = script;
  }

  /** What can go wrong with a request. */
  public enum Fault {
    /** Nothing. */
    NONE,
    /** The request does not arrive. */
    REFUSED,
    /** The store has too much to do; the request has no effect. */
    THROTTLED,
    /** A write breaks off in the middle of the bytes; nothing is to be seen of it. */
    TORN,
    /** The request has its effect, but the response is lost. */
    LOST_RESPONSE
  }

  /** The methods of a blob store. */
  public enum Operation {
    PUT,
    PUT_IF_ABSENT,
    OPEN,
    STAT,
    LIST,
    DELETE
  }

  /** Decides what goes wrong. A delay is made here, before it returns. */
  public interface Script {
    Fault next(Operation operation, String name);

    /** Nothing goes wrong. */
    static Script calm() {
      return (operation, name) -> Fault.NONE;
    }

    /** Each request fails with this probability, in a way that is chosen evenly. */
    static Script random(Random random, double probability) {
      Fault[] faults = Fault.values();
      return (operation, name) -> {
        synchronized (random) {
          return random.nextDouble() < probability
              ? faults[1 + random.nextInt(faults.length - 1)]
              : Fault.NONE;
        }
      };
    }

    /** The same, and each request is told to somebody who may let time pass. */
    default Script delayedBy(Consumer<Operation> delay) {
      return (operation, name) -> {
        delay.accept(operation);
        return next(operation, name);
      };
    }
  }

  /** A change that lists may not show yet. */
  private record Recent(String name, @Nullable Stat before, long untilMs) {}

  /**
   * For so long after a change lists show it or the former state, by chance. Changes that others
   * make are always shown.
   */
  public FaultyBlobStore withListingLag(long lagMs, LongSupplier time, Random random) {
    listingLagMs = lagMs;
    clock = time;
    listingChance = random;
    return this;
  }

  /** From now on nothing that this process tries arrives. */
  public void die() {
    dead = true;
  }

  @Override
  public void put(String name, Source source) {
    Fault fault = before(Operation.PUT, name);
    if (fault == Fault.TORN) {
      readHalf(source);
      throw failure(fault, Operation.PUT, name);
    }
    Stat former = lagging() ? store.stat(name) : null;
    store.put(name, source);
    changed(name, former);
    after(fault, Operation.PUT, name);
  }

  private static void readHalf(Source source) {
    try (InputStream in = source.open()) {
      in.readNBytes((int) Math.min(source.size() / 2, 1 << 20));
    } catch (IOException e) {
      // The write fails anyway.
    }
  }

  @Override
  public boolean putIfAbsent(String name, byte[] bytes) {
    Fault fault = before(Operation.PUT_IF_ABSENT, name);
    if (fault == Fault.TORN) {
      throw failure(fault, Operation.PUT_IF_ABSENT, name);
    }
    Stat former = lagging() ? store.stat(name) : null;
    boolean there = store.putIfAbsent(name, bytes);
    if (former == null) {
      changed(name, null);
    }
    after(fault, Operation.PUT_IF_ABSENT, name);
    return there;
  }

  @Override
  public InputStream open(String name, long from) {
    Fault fault = before(Operation.OPEN, name);
    InputStream bytes = store.open(name, from);
    return fault == Fault.NONE
        ? bytes
        : new BreakingStream(bytes, failure(fault, Operation.OPEN, name));
  }

  @Override
  public @Nullable Stat stat(String name) {
    Fault fault = before(Operation.STAT, name);
    Stat stat = store.stat(name);
    after(fault, Operation.STAT, name);
    return stat;
  }

  @Override
  public List<Stat> list(String prefix) {
    Fault fault = before(Operation.LIST, prefix);
    List<Stat> listed = store.list(prefix);
    after(fault, Operation.LIST, prefix);
    return lagging() ? late(prefix, listed) : listed;
  }

  private synchronized List<Stat> late(String prefix, List<Stat> listed) {
    TreeMap<String, Stat> shown = new TreeMap<>();
    listed.forEach(stat -> shown.put(stat.name(), stat));
    long now = clock.getAsLong();
    for (Iterator<Recent> changes = recent.iterator(); changes.hasNext(); ) {
      Recent change = changes.next();
      if (change.untilMs() <= now) {
        changes.remove();
      } else if (change.name().startsWith(prefix) && listingChance.nextBoolean()) {
        if (change.before() == null) {
          shown.remove(change.name());
        } else {
          shown.put(change.name(), change.before());
        }
      }
    }
    return List.copyOf(shown.values());
  }

  @Override
  public void delete(String name) {
    Fault fault = before(Operation.DELETE, name);
    Stat former = lagging() ? store.stat(name) : null;
    store.delete(name);
    changed(name, former);
    after(fault, Operation.DELETE, name);
  }

  private boolean lagging() {
    return listingLagMs > 0;
  }

  private synchronized void changed(String name, @Nullable Stat before) {
    if (lagging()) {
      recent.add(new Recent(name, before, clock.getAsLong() + listingLagMs));
    }
  }

  private Fault before(Operation operation, String name) {
    if (dead) {
      throw failure(Fault.REFUSED, operation, name);
    }
    Fault fault = script.next(operation, name);
    if (fault == Fault.REFUSED || fault == Fault.THROTTLED) {
      throw failure(fault, operation, name);
    }
    return fault;
  }

  private void after(Fault fault, Operation operation, String name) {
    if (fault != Fault.NONE || dead) {
      throw failure(fault, operation, name);
    }
  }

  private static BlobStoreException failure(Fault fault, Operation operation, String name) {
    return new BlobStoreException(
        BlobStoreException.UNREACHABLE, operation + " of " + name + " was made to fail: " + fault);
  }

  @Override
  public void close() {
    store.close();
  }

  @Override
  public String toString() {
    return "faulty " + store;
  }

  /** Ends in an error after some bytes. */
  private static final class BreakingStream extends InputStream {
    private final InputStream bytes;
    private final BlobStoreException failure;
    private int left = 100;

    BreakingStream(InputStream bytes, BlobStoreException failure) {
      this.bytes = bytes;
      this.failure = failure;
    }

    @Override
    public int read() throws IOException {
      if (left-- <= 0) {
        throw new IOException(failure);
      }
      return bytes.read();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      if (left <= 0 && length > 0) {
        throw new IOException(failure);
      }
      int read = bytes.read(target, offset, Math.min(left, length));
      left -= Math.max(0, read);
      return read;
    }

    @Override
    public void close() throws IOException {
      bytes.close();
    }
  }
}
