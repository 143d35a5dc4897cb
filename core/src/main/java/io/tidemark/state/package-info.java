/**
 * State: the typed stores that a task sees, and {@link io.tidemark.state.StorageEngine}, what keeps
 * their bytes. An engine's contents always equal some commit; what was committed since waits in
 * memory.
 */
package io.tidemark.state;
