package io.tidemark.rpc;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.tidemark.api.StateException;
import io.tidemark.config.StageDefinition;
import io.tidemark.config.StoreDefinition;
import io.tidemark.config.StoreScope;
import io.tidemark.container.ServedContainer;
import io.tidemark.container.ServedContainer.PlacedTask;
import io.tidemark.rpc.state.v1.StateMessages.Answer;
import io.tidemark.rpc.state.v1.StateMessages.Container;
import io.tidemark.rpc.state.v1.StateMessages.DescribeRequest;
import io.tidemark.rpc.state.v1.StateMessages.DescribeResponse;
import io.tidemark.rpc.state.v1.StateMessages.Elsewhere;
import io.tidemark.rpc.state.v1.StateMessages.Found;
import io.tidemark.rpc.state.v1.StateMessages.GetAllRequest;
import io.tidemark.rpc.state.v1.StateMessages.GetAllResponse;
import io.tidemark.rpc.state.v1.StateMessages.GetRequest;
import io.tidemark.rpc.state.v1.StateMessages.GetResponse;
import io.tidemark.rpc.state.v1.StateMessages.RangeRequest;
import io.tidemark.rpc.state.v1.StateMessages.RangeResponse;
import io.tidemark.rpc.state.v1.StateMessages.Store;
import io.tidemark.rpc.state.v1.StateMessages.Task;
import io.tidemark.rpc.state.v1.StateMessages.TaskAnswer;
import io.tidemark.rpc.state.v1.StateMessages.Value;
import io.tidemark.rpc.state.v1.StateQueriesGrpc;
import io.tidemark.state.CommittedRange;
import io.tidemark.state.CommittedState;
import io.tidemark.state.CommittedState.Key;
import io.tidemark.state.EngineReader.Direction;
import io.tidemark.state.KeyRange;
import io.tidemark.state.StoredValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers about the committed state of a container's tasks; the protocol is in {@code state.proto}.
 * Called by the server's threads, many at a time.
 */
final class StateQueryService extends StateQueriesGrpc.StateQueriesImplBase
    implements AutoCloseable {
  static final int MAX_KEYS = 10_000;
  static final int DEFAULT_LIMIT = 1_000;
  static final int MAX_LIMIT = 100_000;
  static final long MAX_ANSWER_BYTES = 64 << 20;
  private static final long MAX_RANGE_MS = 60_000;

  private static final Logger LOG = LoggerFactory.getLogger(StateQueryService.class);

  private final ServedContainer container;
  private final Addresses addresses;
  private final Routing routing;
  private final LongSupplier wallClock;
  private final ScheduledThreadPoolExecutor timer;

  /**
   * @param wallClock milliseconds since 1970, by which entries expire
   */
  StateQueryService(ServedContainer container, Addresses addresses, LongSupplier wallClock) {
    this.container = container;
    this.addresses = addresses;
    this.routing = new Routing(container, addresses);
    this.wallClock = wallClock;
    this.timer =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "tidemark-rpc-timer");
              thread.setDaemon(true);
              return thread;
            });
    timer.setRemoveOnCancelPolicy(true);
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }

  @Override
  public void describe(DescribeRequest request, StreamObserver<DescribeResponse> observer) {
    answer(observer, this::description);
  }

  private DescribeResponse description() {
    DescribeResponse.Builder description =
        DescribeResponse.newBuilder()
            .setJob(container.settings().job())
            .setAnsweredBy(container.number());
    Map<Integer, String> known = new TreeMap<>(addresses.containers());
    for (PlacedTask task : container.tasks()) {
      if (task.container() >= 0) {
        known.putIfAbsent(task.container(), "");
      }
    }
    known.forEach(
        (number, address) ->
            description.addContainers(
                Container.newBuilder().setNumber(number).setAddress(address)));
    for (PlacedTask task : container.tasks()) {
      description.addTasks(
          Task.newBuilder()
              .setName(task.name().toString())
              .setStage(task.name().stage())
              .setPartition(task.name().partition())
              .setPartitions(task.partitions())
              .setSlots(slots(task.name().stage()))
              .setContainer(task.container()));
    }
    for (StoreDefinition store : new TreeMap<>(container.settings().stores()).values()) {
      description.addStores(
          Store.newBuilder()
              .setName(store.name())
              .setKeySerde(store.keySerde())
              .setValueSerde(store.msgSerde())
              .setHasPartitioningKey(store.partitioningKey() != null)
              .setWhole(store.scope() == StoreScope.TASK)
              .setStage(stage(store.name())));
    }
    return description.build();
  }

  private String stage(String store) {
    StageDefinition stage = container.settings().stageOf(store);
    return stage == null ? "" : stage.name();
  }

  private int slots(String stage) {
    for (PlacedTask task : container.tasks()) {
      CommittedState state =
          task.name().stage().equals(stage) ? container.state(task.name()) : null;
      if (state != null) {
        return state.slots();
      }
    }
    return 0;
  }

  @Override
  public void get(GetRequest request, StreamObserver<GetResponse> observer) {
    answer(observer, () -> get(request));
  }

  private GetResponse get(GetRequest request) {
    routing.checkStore(request.getStore());
    Key key = routing.key(request.getStore(), request.getKey(), request.getTarget());
    PlacedTask task = routing.task(request.getStore(), request.getTarget(), key);
    if (routing.isElsewhere(task)) {
      return GetResponse.newBuilder().setNotOwner(routing.owner(task)).build();
    }
    CommittedState.Answer found =
        routing.state(task).getAll(request.getStore(), List.of(key), wallClock.getAsLong());
    Answer.Builder answer =
        Answer.newBuilder().setTask(task.name().toString()).setCommit(found.commit());
    CommittedState.Value value = found.values().get(0);
    if (value != null) {
      answer.setValue(message(value));
    }
    return GetResponse.newBuilder().setAnswer(answer).build();
  }

  @Override
  public void getAll(GetAllRequest request, StreamObserver<GetAllResponse> observer) {
    answer(observer, () -> getAll(request));
  }

  private GetAllResponse getAll(GetAllRequest request) {
    routing.checkStore(request.getStore());
    if (request.getKeysCount() > MAX_KEYS) {
      throw refused(
          Status.INVALID_ARGUMENT,
          request.getKeysCount() + " keys are too many for one call; at most " + MAX_KEYS);
    }
    Map<PlacedTask, List<Integer>> byTask = new LinkedHashMap<>();
    List<Key> keys = new ArrayList<>(request.getKeysCount());
    for (int i = 0; i < request.getKeysCount(); i++) {
      Key key = routing.key(request.getStore(), request.getKeys(i), request.getTarget());
      keys.add(key);
      byTask
          .computeIfAbsent(
              routing.task(request.getStore(), request.getTarget(), key), task -> new ArrayList<>())
          .add(i);
    }
    GetAllResponse.Builder response = GetAllResponse.newBuilder();
    long room = MAX_ANSWER_BYTES;
    for (Map.Entry<PlacedTask, List<Integer>> entry : byTask.entrySet()) {
      PlacedTask task = entry.getKey();
      if (routing.isElsewhere(task)) {
        response.addElsewhere(
            Elsewhere.newBuilder().setOwner(routing.owner(task)).addAllIndexes(entry.getValue()));
      } else {
        TaskAnswer answer = taskAnswer(request.getStore(), task, keys, entry.getValue());
        room -= answer.getSerializedSize();
        if (room < 0) {
          throw refused(
              Status.RESOURCE_EXHAUSTED,
              "the values of these keys are more than "
                  + MAX_ANSWER_BYTES
                  + " bytes; ask for fewer keys at a time");
        }
        response.addAnswers(answer);
      }
    }
    return response.build();
  }

  private TaskAnswer taskAnswer(
      String store, PlacedTask task, List<Key> keys, List<Integer> indexes) {
    List<Key> wanted = indexes.stream().map(keys::get).toList();
    CommittedState.Answer found = routing.state(task).getAll(store, wanted, wallClock.getAsLong());
    TaskAnswer.Builder answer =
        TaskAnswer.newBuilder().setTask(task.name().toString()).setCommit(found.commit());
    for (int i = 0; i < wanted.size(); i++) {
      CommittedState.Value value = found.values().get(i);
      if (value != null) {
        answer.addFound(Found.newBuilder().setIndex(indexes.get(i)).setValue(message(value)));
      }
    }
    return answer.build();
  }

  @Override
  public void range(RangeRequest request, StreamObserver<RangeResponse> observer) {
    try {
      routing.checkStore(request.getStore());
      PlacedTask task = routing.task(request.getStore(), request.getTarget(), null);
      if (routing.isElsewhere(task)) {
        observer.onNext(RangeResponse.newBuilder().setNotOwner(routing.owner(task)).build());
        observer.onCompleted();
        return;
      }
      int limit = limit(request.getLimit());
      CommittedRange range =
          routing
              .state(task)
              .range(
                  request.getStore(),
                  keys(request),
                  request.getReverse() ? Direction.BACKWARD : Direction.FORWARD,
                  wallClock.getAsLong());
      RangeStream stream =
          new RangeStream(
              task.name().toString(),
              range,
              limit,
              (ServerCallStreamObserver<RangeResponse>) observer);
      stream.start(timer, MAX_RANGE_MS);
    } catch (RuntimeException e) {
      observer.onError(status(e));
    }
  }

  private static int limit(int asked) {
    if (asked < 0 || asked > MAX_LIMIT) {
      throw refused(
          Status.INVALID_ARGUMENT,
          "a limit of "
              + Integer.toUnsignedString(asked)
              + " entries is too high; at most "
              + MAX_LIMIT
              + ", then ask for what follows the last key");
    }
    return asked == 0 ? DEFAULT_LIMIT : asked;
  }

  private static KeyRange keys(RangeRequest request) {
    KeyRange bounds =
        new KeyRange(
            request.getFrom().toByteArray(),
            request.hasTo() ? request.getTo().toByteArray() : null);
    return request.getPrefix().isEmpty()
        ? bounds
        : bounds.and(KeyRange.prefix(request.getPrefix().toByteArray()));
  }

  static Value message(CommittedState.Value value) {
    Value.Builder message =
        Value.newBuilder()
            .setPayload(UnsafeByteOperations.unsafeWrap(value.payload()))
            .setSchema(value.schema());
    if (value.expires() != StoredValue.NEVER) {
      message.setExpires(value.expires());
    }
    return message.build();
  }

  private static <A> void answer(StreamObserver<A> observer, Supplier<A> answer) {
    A message;
    try {
      message = answer.get();
    } catch (RuntimeException e) {
      observer.onError(status(e));
      return;
    }
    observer.onNext(message);
    observer.onCompleted();
  }

  static StatusRuntimeException refused(Status status, String why) {
    return status.withDescription(why).asRuntimeException();
  }

  /** What a caller hears of a failure. */
  static StatusRuntimeException status(RuntimeException e) {
    if (e instanceof StatusRuntimeException known) {
      return known;
    } else if (e instanceof StateException state && state.code().equals(CommittedState.CLOSED)) {
      return refused(Status.UNAVAILABLE, String.valueOf(state.getMessage()));
    } else if (e instanceof IllegalArgumentException) {
      return refused(Status.INVALID_ARGUMENT, String.valueOf(e.getMessage()));
    }
    LOG.debug("a query failed", e);
    return refused(Status.INTERNAL, e.toString());
  }
}
