/**
 * A task with more state than memory: it names the keys it is going to read.
 *
 * <p>A task of one's own needs no annotations for null, so this package has none.
 */
@NullUnmarked
package io.tidemark.examples.prefetch;

import org.jspecify.annotations.NullUnmarked;
