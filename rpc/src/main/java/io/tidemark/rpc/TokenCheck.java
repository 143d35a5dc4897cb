package io.tidemark.rpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;

/** Refuses calls that do not show the token. */
final class TokenCheck implements ServerInterceptor {
  private final AccessToken token;
  private final Answerer answerer;

  TokenCheck(AccessToken token, Answerer answerer) {
    this.token = token;
    this.answerer = answerer;
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    if (token.isIn(headers.get(AccessToken.HEADER))) {
      return next.startCall(call, headers);
    }
    call.close(
        Status.UNAUTHENTICATED.withDescription(
            "the token is missing or wrong; it stands in the file "
                + answerer.folder()
                + "/token of the job's state directory"),
        new Metadata());
    return new ServerCall.Listener<>() {};
  }
}
