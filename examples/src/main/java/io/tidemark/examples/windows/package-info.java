/**
 * A task with a window: it counts, and tells of its counts now and then.
 *
 * <p>A task of one's own needs no annotations for null, so this package has none.
 */
@NullUnmarked
package io.tidemark.examples.windows;

import org.jspecify.annotations.NullUnmarked;
