package io.tidemark.rpc;

import io.grpc.Context;
import io.grpc.StatusRuntimeException;
import io.tidemark.api.TidemarkException;
import io.tidemark.rpc.StateClient.Deadline;
import io.tidemark.rpc.state.v1.StateMessages.Entry;
import io.tidemark.rpc.state.v1.StateMessages.RangeRequest;
import io.tidemark.rpc.state.v1.StateMessages.RangeResponse;
import io.tidemark.rpc.state.v1.StateMessages.RangeResponse.End;
import io.tidemark.rpc.state.v1.StateMessages.Value;
import io.tidemark.rpc.state.v1.StateQueriesGrpc.StateQueriesBlockingStub;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The entries of one task in a range, as they come. For one thread. */
final class TaskStream implements AutoCloseable {
  /** A server takes no longer either. */
  private static final long MAX_SECONDS = 60;

  private final Context.CancellableContext call;
  private final Iterator<RangeResponse> responses;
  private RangeResponse response;
  private int next;

  private TaskStream(
      Context.CancellableContext call, Iterator<RangeResponse> responses, RangeResponse first) {
    this.call = call;
    this.responses = responses;
    this.response = first;
    skipEmpty();
  }

  /** Opens a range where its task is; the first entries are there when this returns. */
  static TaskStream open(StateClient client, RangeRequest request, int container) {
    Deadline deadline = client.deadline();
    int asked = container;
    while (true) {
      TaskStream opened = client.ask(asked, deadline, stub -> open(stub, request));
      if (!opened.response.hasNotOwner()) {
        return opened;
      }
      asked = opened.response.getNotOwner().getContainer();
      opened.close();
      deadline.pause("container " + asked);
      client.describe();
    }
  }

  private static TaskStream open(StateQueriesBlockingStub stub, RangeRequest request) {
    Context.CancellableContext call = Context.current().withCancellation();
    Context before = call.attach();
    try {
      Iterator<RangeResponse> responses =
          stub.withDeadlineAfter(MAX_SECONDS, TimeUnit.SECONDS).range(request);
      return new TaskStream(call, responses, responses.next());
    } catch (RuntimeException e) {
      call.cancel(null);
      throw e;
    } finally {
      call.detach(before);
    }
  }

  private List<Entry> entries() {
    return response.getEntriesList();
  }

  boolean hasEntry() {
    return next < entries().size();
  }

  byte[] key() {
    return entries().get(next).getKey().toByteArray();
  }

  Value value() {
    return entries().get(next).getValue();
  }

  long commit() {
    return response.getCommit();
  }

  String task() {
    return response.getTask();
  }

  /** Goes to the next entry. */
  void step() {
    next++;
    skipEmpty();
  }

  private void skipEmpty() {
    while (next == entries().size()
        && response.getEnd() == End.END_UNSPECIFIED
        && !response.hasNotOwner()) {
      String task = response.getTask();
      try {
        response = responses.next();
      } catch (StatusRuntimeException e) {
        throw new TidemarkException(
            "TM-7019",
            String.format(
                "the range of task %s broke off (%s); ask again, from the last key that has come",
                task, e.getStatus()),
            e);
      }
      next = 0;
    }
  }

  @Override
  public void close() {
    call.cancel(null);
  }
}
