/**
 * An asynchronous task: it asks a remote service about each record, several at a time.
 *
 * <p>A task of one's own needs no annotations for null, so this package has none.
 */
@NullUnmarked
package io.tidemark.examples.lookup;

import org.jspecify.annotations.NullUnmarked;
