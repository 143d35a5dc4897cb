/**
 * {@code tidemark demo}: a broker, an access log, the job {@code website-traffic} in processes of
 * which one is killed, and the proof that nothing was lost or counted twice.
 */
@NullMarked
package io.tidemark.cli.demo;

import org.jspecify.annotations.NullMarked;
