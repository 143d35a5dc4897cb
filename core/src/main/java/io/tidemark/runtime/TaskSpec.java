package io.tidemark.runtime;

import io.tidemark.api.SystemStreamPartition;
import io.tidemark.api.TaskName;
import io.tidemark.state.StoreSpec;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * A task to run.
 *
 * @param name its name
 * @param journalPartition its partition of the job's journal
 * @param inputs the partitions it reads, and how; those that feed stores come first
 * @param tasks how many tasks its stage has
 * @param partitions how many partitions each input of its stage has
 * @param slots how many slots its stage's keys fall into, if its journal is yet to be begun
 * @param stores its stores
 * @param tables stores that it shares with all tasks of the container
 * @param code makes the user's object: a {@link io.tidemark.api.StreamTask} or {@link
 *     io.tidemark.api.AsyncStreamTask}
 */
public record TaskSpec(
    TaskName name,
    int journalPartition,
    Map<SystemStreamPartition, InputSpec> inputs,
    int tasks,
    int partitions,
    int slots,
    List<StoreSpec> stores,
    List<TableSpec> tables,
    Supplier<?> code) {}
