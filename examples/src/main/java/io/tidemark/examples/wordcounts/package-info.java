/** A job of two stages: lines are taken apart, and their words are counted wherever they stood. */
@NullUnmarked
package io.tidemark.examples.wordcounts;

import org.jspecify.annotations.NullUnmarked;
