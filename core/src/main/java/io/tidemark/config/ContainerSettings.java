package io.tidemark.config;

/**
 * What all containers of the job have in common.
 *
 * @param count how many there are
 * @param workers the threads of each that run tasks
 * @param stateMemoryBytes the memory that the stores of one may use
 * @param restart when one that died is started again
 * @param rpc where one answers other processes
 */
public record ContainerSettings(
    int count, int workers, long stateMemoryBytes, RestartSettings restart, RpcSettings rpc) {}
