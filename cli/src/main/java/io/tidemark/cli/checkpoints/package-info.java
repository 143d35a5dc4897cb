/**
 * {@code tidemark checkpoints} and {@code tidemark savepoint}: what is in a job's blob store,
 * shown, verified, compared and deleted. These commands need no running job.
 */
@NullMarked
package io.tidemark.cli.checkpoints;

import org.jspecify.annotations.NullMarked;
