/**
 * A job in a program of one's own.
 *
 * <p>A task of one's own needs no annotations for null, so this package has none.
 */
@NullUnmarked
package io.tidemark.examples.embedding;

import org.jspecify.annotations.NullUnmarked;
