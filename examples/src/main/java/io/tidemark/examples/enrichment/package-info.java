/**
 * A task that looks things up in stores that streams feed: one store by partition, one broadcast.
 *
 * <p>A task of one's own needs no annotations for null, so this package has none.
 */
@NullUnmarked
package io.tidemark.examples.enrichment;

import org.jspecify.annotations.NullUnmarked;
