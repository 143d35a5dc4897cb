/**
 * The loop: poll, process, commit. {@link io.tidemark.runtime.Worker} is one thread's; it runs
 * whole tasks, each a {@link io.tidemark.runtime.TaskRunner}.
 */
package io.tidemark.runtime;
