/**
 * The first job a year later: its store has values of another class now.
 *
 * <p>A task of one's own needs no annotations for null, so this package has none.
 */
@NullUnmarked
package io.tidemark.examples.migration;

import org.jspecify.annotations.NullUnmarked;
