/**
 * The README's first job, as short as a job can be. A task of one's own needs no annotations for
 * null, so this one has none.
 */
@NullUnmarked
package io.tidemark.examples.firstjob;

import org.jspecify.annotations.NullUnmarked;
