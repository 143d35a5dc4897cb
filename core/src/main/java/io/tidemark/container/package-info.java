/**
 * Puts one process together from configuration: {@link io.tidemark.container.Job} is a running job
 * as the program that embeds it sees it. The only place that makes everything else.
 */
package io.tidemark.container;
