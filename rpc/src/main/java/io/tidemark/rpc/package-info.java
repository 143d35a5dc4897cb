/**
 * What containers say to other processes, on gRPC: {@link io.tidemark.rpc.RpcServer} is the port of
 * a container, behind which services stand; {@code StateQueryService} is the one that answers about
 * committed state, and {@link io.tidemark.rpc.StateClient} asks it. The messages are in {@code
 * src/main/proto}.
 */
package io.tidemark.rpc;
