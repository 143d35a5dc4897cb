/**
 * A task that looks back: keys in order, and what is in a store between two of them.
 *
 * <p>A task of one's own needs no annotations for null, so this package has none.
 */
@NullUnmarked
package io.tidemark.examples.stocks;

import org.jspecify.annotations.NullUnmarked;
