/** What several commands take from the command line and from who typed it. */
@NullMarked
package io.tidemark.cli.options;

import org.jspecify.annotations.NullMarked;
