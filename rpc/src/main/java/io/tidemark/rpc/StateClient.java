package io.tidemark.rpc;

import io.grpc.StatusRuntimeException;
import io.tidemark.api.Serde;
import io.tidemark.api.TidemarkException;
import io.tidemark.config.JobSettings;
import io.tidemark.rpc.JobDescription.Store;
import io.tidemark.rpc.JobDescription.Task;
import io.tidemark.rpc.state.v1.StateMessages.Container;
import io.tidemark.rpc.state.v1.StateMessages.DescribeRequest;
import io.tidemark.rpc.state.v1.StateMessages.DescribeResponse;
import io.tidemark.rpc.state.v1.StateQueriesGrpc.StateQueriesBlockingStub;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads what the tasks of a running job have committed, from any process that may read the job's
 * state directory or has been given addresses and the token.
 *
 * <pre>{@code
 * try (StateClient client = StateClient.ofJob(stateDirectory, "totals-1").open()) {
 *   RemoteStore<String, Long> totals = client.store("totals", new StringSerde(), new LongSerde());
 *   Long alice = totals.get("alice");
 * }
 * }</pre>
 *
 * <p>While a container is started again, calls that concern it wait, for as long as {@link
 * Builder#patience} says. Any thread may call it.
 */
public final class StateClient implements AutoCloseable {
  private static final long PAUSE_MS = 50;

  /** So long any one container may take that others could answer for. */
  private static final long DESCRIBE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private final Addresses addresses;
  private final Connections connections;
  private final Duration patience;
  private volatile Map<Integer, String> lastAddresses = Map.of();
  private volatile @Nullable JobDescription description;

  private StateClient(Builder builder) {
    addresses = builder.addresses;
    connections = new Connections(builder.token, builder.tls);
    patience = builder.patience;
  }

  /**
   * Asks the containers of a job on this machine.
   *
   * @param stateDirectory {@code job.state.dir}
   * @param job the job's name and id, {@code NAME-ID}
   * @throws TidemarkException (TM-7010) if the job has never answered there, or the directory may
   *     not be read
   */
  public static Builder ofJob(Path stateDirectory, String job) {
    Announcements announcements = new Announcements(stateDirectory.resolve(job));
    return new Builder(announcements, announcements.readToken());
  }

  /** As {@link #ofJob(Path, String)}, with the TLS of the job's configuration. */
  public static Builder ofJob(JobSettings settings) {
    return ofJob(settings.stateDirectory(), settings.job())
        .tls(ClientTls.of(settings.container().rpc().tls()));
  }

  /**
   * Asks containers at known addresses, such as those of another machine.
   *
   * @param addresses {@code host:port} of container 0, 1 and so on
   * @param token what stands in {@code containers/token} of the job's state directory
   */
  public static Builder at(List<String> addresses, String token) {
    Map<Integer, String> known = new TreeMap<>();
    addresses.forEach(address -> known.put(known.size(), address));
    return new Builder(() -> known, new AccessToken(token));
  }

  /** How a client is made. */
  public static final class Builder {
    private final Addresses addresses;
    private final AccessToken token;
    private @Nullable ClientTls tls;
    private Duration patience = Duration.ofSeconds(10);

    private Builder(Addresses addresses, AccessToken token) {
      this.addresses = addresses;
      this.token = token;
    }

    /** Calls with TLS; null: without. */
    public Builder tls(@Nullable ClientTls files) {
      this.tls = files;
      return this;
    }

    /** How long a call may take in all, 10 seconds unless set. */
    public Builder patience(Duration limit) {
      this.patience = limit;
      return this;
    }

    /** The client. It connects when it is first asked for something. */
    public StateClient open() {
      return new StateClient(this);
    }
  }

  /**
   * A store of the job.
   *
   * @param name its name
   * @param keySerde writes keys as the job does
   * @param valueSerde reads values as the job wrote them
   * @return a view for one thread, if the serdes are for one; any thread's if they are
   */
  public <K, V> RemoteStore<K, V> store(String name, Serde<K> keySerde, Serde<V> valueSerde) {
    return new RemoteStore<>(this, name, keySerde, valueSerde);
  }

  /** Whether any container says that it runs; asks none. */
  public boolean isAnnounced() {
    return !addresses.containers().isEmpty();
  }

  /**
   * What the job is made of, as one of its containers says now.
   *
   * @throws TidemarkException (TM-7011) if none answers
   */
  public JobDescription describe() {
    Deadline deadline = deadline();
    while (true) {
      for (Map.Entry<Integer, String> container : addresses.containers().entrySet()) {
        long limit = Math.min(DESCRIBE_NANOS, deadline.leftNanos());
        JobDescription found =
            tryAsk(container.getValue(), limit, deadline, StateClient::described);
        if (found != null) {
          description = found;
          return found;
        }
      }
      deadline.pause("any container of the job");
    }
  }

  private static JobDescription described(StateQueriesBlockingStub stub) {
    DescribeResponse response = stub.describe(DescribeRequest.getDefaultInstance());
    Map<Integer, String> containers = new TreeMap<>();
    for (Container container : response.getContainersList()) {
      containers.put(container.getNumber(), container.getAddress());
    }
    return new JobDescription(
        response.getJob(),
        containers,
        response.getTasksList().stream()
            .map(
                task ->
                    new Task(
                        task.getName(),
                        task.getStage(),
                        task.getPartition(),
                        task.getPartitions(),
                        task.getSlots(),
                        task.getContainer()))
            .toList(),
        response.getStoresList().stream()
            .map(
                store ->
                    new Store(
                        store.getName(),
                        store.getKeySerde(),
                        store.getValueSerde(),
                        store.getHasPartitioningKey(),
                        store.getWhole(),
                        store.getStage()))
            .toList());
  }

  /** What the job said of itself when it was last asked. */
  JobDescription known() {
    JobDescription known = description;
    return known == null ? describe() : known;
  }

  Deadline deadline() {
    return new Deadline(System.nanoTime() + patience.toNanos(), patience);
  }

  /**
   * Asks a container, again and again while it is not there. If nobody says any more that it runs,
   * another is asked: its tasks may have moved, and each container knows where to.
   *
   * @throws TidemarkException if it refuses, or does not answer in time
   */
  <A> A ask(int container, Deadline deadline, Function<StateQueriesBlockingStub, A> question) {
    String address = lastAddresses.get(container);
    while (true) {
      A answer = address == null ? null : tryAsk(address, deadline.leftNanos(), deadline, question);
      if (answer != null) {
        return answer;
      }
      lastAddresses = addresses.containers();
      String now = lastAddresses.get(container);
      if (now == null || now.equals(address)) {
        deadline.pause("container " + container);
      }
      address = now != null ? now : lastAddresses.values().stream().findFirst().orElse(null);
    }
  }

  /** Asks once; null if the container is not there now. */
  private <A> @Nullable A tryAsk(
      String address,
      long limitNanos,
      Deadline deadline,
      Function<StateQueriesBlockingStub, A> question) {
    try {
      return question.apply(
          connections.to(address).withDeadlineAfter(limitNanos, TimeUnit.NANOSECONDS));
    } catch (StatusRuntimeException e) {
      TidemarkException failure = Failures.of(address, e);
      if (!Failures.isPassing(e) && isCurrent(address)) {
        throw failure;
      }
      connections.drop(address);
      deadline.lastFailure = failure;
      return null;
    }
  }

  /** Whether a container is there; another process may have been given the port of a former one. */
  private boolean isCurrent(String address) {
    return addresses.containers().containsValue(address);
  }

  @Override
  public void close() {
    connections.close();
  }

  /** By when a call has to be answered. For one call by one thread. */
  static final class Deadline {
    private final long endNanos;
    private final Duration patience;
    private @Nullable TidemarkException lastFailure;

    private Deadline(long endNanos, Duration patience) {
      this.endNanos = endNanos;
      this.patience = patience;
    }

    long leftNanos() {
      return Math.max(1, endNanos - System.nanoTime());
    }

    /** Waits a little before the next attempt. */
    void pause(String whom) {
      long left = endNanos - System.nanoTime();
      if (left <= 0) {
        throw new TidemarkException(
            "TM-7011",
            whom
                + " did not answer within "
                + patience.toMillis()
                + " ms; "
                + (lastFailure == null
                    ? "none says that it runs. Is the job running?"
                    : lastFailure.getMessage()),
            lastFailure);
      }
      try {
        TimeUnit.NANOSECONDS.sleep(Math.min(left, TimeUnit.MILLISECONDS.toNanos(PAUSE_MS)));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new TidemarkException("TM-7017", "interrupted while waiting for " + whom, e);
      }
    }
  }
}
