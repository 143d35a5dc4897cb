/**
 * {@code tidemark state} and {@code tidemark journal}: what a job has committed, shown. A {@code
 * StateSource} is where entries come from, an {@code EntryWriter} where they go to; each command is
 * a class between the two.
 */
@NullMarked
package io.tidemark.cli.state;

import org.jspecify.annotations.NullMarked;
