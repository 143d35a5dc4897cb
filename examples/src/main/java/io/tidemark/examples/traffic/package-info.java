/**
 * The job {@code website-traffic}: from a website's access log it keeps every visitor's and every
 * page's figures and tells of each visit and session.
 *
 * <p>Beside the job live the log's format ({@code AccessLogLine}), a generator of believable logs,
 * an independent count over the same lines ({@code TrafficOracle}) and the comparison of the two
 * ({@code TrafficVerdict}).
 */
@NullMarked
package io.tidemark.examples.traffic;

import org.jspecify.annotations.NullMarked;
