/**
 * What a system of streams has to offer: {@link io.tidemark.system.StreamSystem} with its consumer,
 * producer and admin. The memory system lives here too.
 */
package io.tidemark.system;
