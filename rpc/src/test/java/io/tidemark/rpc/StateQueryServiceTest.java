package io.tidemark.rpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.tidemark.rpc.state.v1.StateMessages.DescribeRequest;
import io.tidemark.rpc.state.v1.StateMessages.GetAllRequest;
import io.tidemark.rpc.state.v1.StateMessages.GetAllResponse;
import io.tidemark.rpc.state.v1.StateMessages.GetRequest;
import io.tidemark.rpc.state.v1.StateMessages.GetResponse;
import io.tidemark.rpc.state.v1.StateMessages.RangeRequest;
import io.tidemark.rpc.state.v1.StateMessages.RangeResponse;
import io.tidemark.rpc.state.v1.StateMessages.RangeResponse.End;
import io.tidemark.rpc.state.v1.StateMessages.Target;
import io.tidemark.rpc.state.v1.StateQueriesGrpc.StateQueriesBlockingStub;
import io.tidemark.system.KeyHash;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The protocol as any language sees it: messages to one container. */
@Timeout(120)
class StateQueryServiceTest {
  @TempDir Path directory;

  private QueriedJob job;
  private Connections connections;
  private final List<StateQueriesBlockingStub> containers = new ArrayList<>();

  @BeforeEach
  void start() {
    job = new QueriedJob(directory).start();
    Announcements announcements = new Announcements(directory.resolve(QueriedJob.JOB));
    connections = new Connections(announcements.readToken(), null);
    announcements.containers().values().forEach(a -> containers.add(connections.to(a)));
    for (int i = 0; i < 20; i++) {
      job.send("key-" + i, "first");
    }
    Await.until(() -> IntStream.range(0, 20).allMatch(i -> get(owner("key-" + i), i).hasAnswer()));
    Await.until(
        () ->
            IntStream.range(0, 20).allMatch(i -> get(owner("key-" + i), i).getAnswer().hasValue()));
  }

  @AfterEach
  void stop() {
    connections.close();
    job.close();
  }

  private static ByteString bytes(String text) {
    return ByteString.copyFromUtf8(text);
  }

  private static int partition(String key) {
    return KeyHash.partition(key.getBytes(StandardCharsets.UTF_8), QueriedJob.PARTITIONS);
  }

  private int owner(String key) {
    return job.ownerOf(partition(key));
  }

  private GetResponse get(int container, int key) {
    return containers
        .get(container)
        .get(GetRequest.newBuilder().setStore("counts").setKey(bytes("key-" + key)).build());
  }

  @Test
  void whoDoesNotHaveAKeyNamesWhoHas() {
    String key = "key-0";
    GetResponse elsewhere = get(1 - owner(key), 0);
    assertThat(elsewhere.hasAnswer()).isFalse();
    assertThat(elsewhere.getNotOwner().getTask()).isEqualTo("main-" + partition(key));
    assertThat(elsewhere.getNotOwner().getContainer()).isEqualTo(owner(key));
    assertThat(elsewhere.getNotOwner().getAddress())
        .isEqualTo(
            containers
                .get(0)
                .describe(DescribeRequest.getDefaultInstance())
                .getContainers(owner(key))
                .getAddress());
  }

  @Test
  void theCallerMayGiveThePartitioningKeyItself() {
    ByteString key = bytes("key-3/first");
    GetRequest.Builder request = GetRequest.newBuilder().setStore("items").setKey(key);
    StateQueriesBlockingStub owner = containers.get(owner("key-3"));
    assertThat(owner.get(request.build()).getAnswer().hasValue()).as("found out").isTrue();
    request.setTarget(Target.newBuilder().setPartitioningKey(bytes("key-3")));
    assertThat(owner.get(request.build()).getAnswer().hasValue()).as("told").isTrue();
  }

  @Test
  void keysOfSeveralTasksAreAnsweredByEachAndTheOthersNamed() {
    GetAllRequest.Builder request = GetAllRequest.newBuilder().setStore("counts");
    IntStream.range(0, 20).forEach(i -> request.addKeys(bytes("key-" + i)));
    request.addKeys(bytes("nobody"));
    GetAllResponse response = containers.get(0).getAll(request.build());
    int here = (int) IntStream.range(0, 20).filter(i -> owner("key-" + i) == 0).count();
    assertThat(response.getAnswersList().stream().mapToInt(a -> a.getFoundCount()).sum())
        .isEqualTo(here);
    response
        .getAnswersList()
        .forEach(
            answer ->
                answer
                    .getFoundList()
                    .forEach(
                        found ->
                            assertThat("main-" + partition("key-" + found.getIndex()))
                                .isEqualTo(answer.getTask())));
    assertThat(response.getElsewhereList())
        .allMatch(elsewhere -> elsewhere.getOwner().getContainer() == 1);
    assertThat(response.getElsewhereList().stream().mapToInt(e -> e.getIndexesCount()).sum())
        .isBetween(20 - here, 21 - here);
  }

  @Test
  void aRangeSaysHowItEnds() {
    RangeRequest.Builder request =
        RangeRequest.newBuilder()
            .setStore("counts")
            .setTarget(Target.newBuilder().setTask("main-0"));
    int here = job.ownerOf(0);
    List<String> all = new ArrayList<>();
    assertThat(last(here, request, all).getEnd()).isEqualTo(End.END_OF_RANGE);
    assertThat(all).hasSizeGreaterThan(1).isSorted();
    List<String> some = new ArrayList<>();
    assertThat(last(here, request.setLimit(all.size() - 1), some).getEnd())
        .isEqualTo(End.END_BY_LIMIT);
    assertThat(some).isEqualTo(all.subList(0, all.size() - 1));
    assertThat(last(here, request.setLimit(all.size()), new ArrayList<>()).getEnd())
        .isEqualTo(End.END_OF_RANGE);
    assertThat(last(1 - here, request, new ArrayList<>()).getNotOwner().getContainer())
        .isEqualTo(here);
  }

  private RangeResponse last(int container, RangeRequest.Builder request, List<String> keys) {
    Iterator<RangeResponse> responses = containers.get(container).range(request.build());
    RangeResponse last;
    do {
      last = responses.next();
      last.getEntriesList().forEach(entry -> keys.add(entry.getKey().toStringUtf8()));
    } while (responses.hasNext());
    return last;
  }

  @Test
  void whatIsTooMuchOrMakesNoSenseIsRefused() {
    StateQueriesBlockingStub container = containers.get(job.ownerOf(0));
    GetAllRequest.Builder many = GetAllRequest.newBuilder().setStore("counts");
    IntStream.rangeClosed(0, StateQueryService.MAX_KEYS).forEach(i -> many.addKeys(bytes("k")));
    refused("INVALID_ARGUMENT", "too many", () -> container.getAll(many.build()));
    refused(
        "NOT_FOUND",
        "no store x",
        () -> container.get(GetRequest.newBuilder().setStore("x").build()));
    refused(
        "INVALID_ARGUMENT",
        "say which task",
        () -> container.range(RangeRequest.newBuilder().setStore("counts").build()).next());
    refused(
        "INVALID_ARGUMENT",
        "4294967295 entries",
        () ->
            container
                .range(
                    RangeRequest.newBuilder()
                        .setStore("counts")
                        .setTarget(Target.newBuilder().setTask("main-0"))
                        .setLimit(-1)
                        .build())
                .next());
    refused(
        "RESOURCE_EXHAUSTED",
        "",
        () ->
            container.get(
                GetRequest.newBuilder()
                    .setStore("counts")
                    .setKey(ByteString.copyFrom(new byte[5 << 20]))
                    .build()));
  }

  private static void refused(String status, String why, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOf(StatusRuntimeException.class)
        .hasMessageContaining(status)
        .hasMessageContaining(why);
  }
}
